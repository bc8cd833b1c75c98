/// The slot that a key lies in: what a cluster shares out among its servers (Redis Cluster specification, "Key distribution model").
enum ClusterSlot {
    static let count = 16_384

    /// Of a key with braces only what lies between the first pair counts, so that keys can be kept together.
    static func of(_ key: String) -> Int {
        let bytes = Array(key.utf8)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return checksum(bytes[...]) % count }
        return checksum(bytes[(open + 1)..<close]) % count
    }

    /// CRC-16/XMODEM.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        var sum: UInt16 = 0
        for byte in bytes {
            sum ^= UInt16(byte) << 8
            for _ in 0..<8 { sum = sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021 }
        }
        return Int(sum)
    }
}
