/// An IPv4 or IPv6 address as a number. IPv4 addresses lie in the mapped range `::ffff:0:0/96`, so both compare alike.
struct IPAddress: Hashable, Comparable, Sendable {
    let high: UInt64
    let low: UInt64

    static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// The address as one number if it is an IPv4 address.
    var version4: UInt32? { high == 0 && low >> 32 == 0xffff ? UInt32(truncatingIfNeeded: low) : nil }

    /// The address as one decimal number, by the length of its kind.
    var decimal: String { version4.map(String.init) ?? String(UInt128(high) << 64 | UInt128(low)) }

    /// Reads the usual text forms (RFC 4291 §2.2 for IPv6, without zone).
    init?(_ text: some Sequence<UInt8>) {
        let text = Array(text)
        if text.contains(0x3a) {
            guard let words = Self.words(text) else { return nil }
            high = words[0..<4].reduce(0) { $0 << 16 | UInt64($1) }
            low = words[4..<8].reduce(0) { $0 << 16 | UInt64($1) }
        } else {
            guard let address = Self.version4(text) else { return nil }
            high = 0
            low = 0xffff << 32 | UInt64(address)
        }
    }

    private static func version4(_ text: [UInt8]) -> UInt32? {
        let parts = text.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard value < 256 else { return nil }
            address = address << 8 | value
        }
        return address
    }

    private static func words(_ text: [UInt8]) -> [UInt16]? {
        let parts = text.split(separator: 0x3a, maxSplits: 9, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count >= 3, parts.count <= 9, parts.count(where: \.isEmpty) <= (text.count == 2 ? 3 : 2) else { return nil }
        var words: [UInt16] = []
        var gap: Int?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                // `::` is one empty part between others, two at an end.
                if index == 0 || index == parts.count - 1 {
                    guard parts[index == 0 ? 1 : index - 1].isEmpty else { return nil }
                    if index == 0 { continue }
                }
                if let gap, gap != words.count { return nil }
                gap = words.count
            } else if index == parts.count - 1, part.contains(0x2e) {
                guard let address = version4(part) else { return nil }
                words += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                guard part.count <= 4 else { return nil }
                var value: UInt16 = 0
                for byte in part {
                    guard let digit = Bytes.hexadecimalValue(byte) else { return nil }
                    value = value << 4 | UInt16(digit)
                }
                words.append(value)
            }
        }
        guard let gap else { return words.count == 8 ? words : nil }
        guard words.count < 8 else { return nil }
        return Array(words[..<gap]) + Array(repeating: 0, count: 8 - words.count) + Array(words[gap...])
    }
}

/// An address or a block in CIDR notation (RFC 4632).
struct AddressRange: Sendable {
    private let address: IPAddress
    private let prefix: Int

    init?(_ text: String) {
        let parts = text.utf8.split(separator: 0x2f, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first), parts.count <= 2 else { return nil }
        self.address = address
        let isVersion4 = !first.contains(0x3a)
        guard parts.count == 2 else {
            prefix = 128
            return
        }
        guard let bits = Int(String(decoding: parts[1], as: UTF8.self)), (0...(isVersion4 ? 32 : 128)).contains(bits) else {
            return nil
        }
        prefix = isVersion4 ? bits + 96 : bits
    }

    func contains(_ other: IPAddress) -> Bool {
        let highMask: UInt64 = prefix >= 64 ? .max : prefix == 0 ? 0 : ~(.max >> UInt64(prefix))
        let lowMask: UInt64 = prefix == 128 ? .max : prefix <= 64 ? 0 : ~(.max >> UInt64(prefix - 64))
        return (address.high ^ other.high) & highMask == 0 && (address.low ^ other.low) & lowMask == 0
    }
}
