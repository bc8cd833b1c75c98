/// Address ranges whose hosts may say for whom they forward.
public struct TrustedProxies: Sendable, Equatable {
    private struct Range: Equatable {
        var address: [UInt8]
        var bits: Int
    }

    private var ranges: [Range] = []

    /// Loopback and the private ranges of RFC 1918 and RFC 4193.
    public static let privateRanges = TrustedProxies(
        ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"])

    /// Takes addresses and ranges (`10.0.0.0/8`); what is neither is left out and so trusts nobody.
    public init(_ texts: [String]) { ranges = texts.compactMap(Self.range) }

    /// Whether the peer with these address bytes (4 or 16, network order) is trusted. An IPv4 address inside IPv6 counts as IPv4.
    public func contains(_ address: [UInt8]) -> Bool {
        let isMapped =
            address.count == 16 && address[..<10].allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
        let plain = isMapped ? Array(address[12...]) : address
        return ranges.contains { Self.matches($0, plain) }
    }

    /// The same for an address as text; `false` for anything else.
    public func contains(text: String) -> Bool { AddressBytes.parse(text).map(contains) ?? false }

    private static func matches(_ range: Range, _ address: [UInt8]) -> Bool {
        guard range.address.count == address.count else { return false }
        for index in 0..<address.count {
            let bits = min(8, max(0, range.bits - index * 8))
            let mask = bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
            if range.address[index] & mask != address[index] & mask { return false }
        }
        return true
    }

    private static func range(_ text: String) -> Range? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = AddressBytes.parse(String(first)) else { return nil }
        guard parts.count == 2 else { return Range(address: address, bits: address.count * 8) }
        guard let bits = Int(parts[1]), (0...address.count * 8).contains(bits) else { return nil }
        return Range(address: address, bits: bits)
    }
}
