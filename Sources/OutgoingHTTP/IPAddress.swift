#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An IPv4 or IPv6 address. Addresses that carry an IPv4 address (mapped, NAT64, 6to4) count as that one, so no rule is passed by writing
/// an address differently.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = Self.carriedIPv4(bytes) ?? bytes
    }

    /// Reads an address as resolvers do: dotted IPv4 including its short, octal and hexadecimal forms, and IPv6 with or without brackets.
    /// `nil` for host names.
    public init?(_ text: String) {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        var six = in6_addr()
        if inet_pton(AF_INET6, bare, &six) == 1 {
            self.init(bytes: withUnsafeBytes(of: &six) { Array($0) })
            return
        }
        var four = in_addr()
        guard !bare.isEmpty, inet_aton(bare, &four) != 0 else { return nil }
        self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
    }

    public var description: String {
        guard bytes.count == 16 else { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }

    /// RFC 4291 §2.5.5 (mapped and the old compatible form), RFC 6052 (`64:ff9b::/96`), RFC 3056 (`2002::/16`).
    private static func carriedIPv4(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == 16 else { return nil }
        let zeros = [UInt8](repeating: 0, count: 10)
        if bytes[..<10] == zeros[...], bytes[10...11] == [0xff, 0xff] { return Array(bytes[12...]) }
        if bytes[..<12] == (zeros + [0, 0])[...], bytes[12...14] != [0, 0, 0] { return Array(bytes[12...]) }
        if bytes[..<12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] { return Array(bytes[12...]) }
        if bytes[..<2] == [0x20, 0x02] { return Array(bytes[2..<6]) }
        return nil
    }
}

/// A block of addresses, for instance `10.0.0.0/8`.
public struct AddressRange: Sendable, Hashable {
    private let prefix: [UInt8]
    private let length: Int

    /// Reads `address` or `address/bits`; `nil` if it is neither.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
        let bits = address.bytes.count * 8
        guard parts.count == 1 || Int(parts[1]).map({ (0...bits).contains($0) }) == true else { return nil }
        prefix = address.bytes
        length = parts.count == 1 ? bits : Int(parts[1]) ?? bits
    }

    public func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == prefix.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole] == prefix[..<whole] else { return false }
        let rest = length % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff << (8 - rest))
        return address.bytes[whole] & mask == prefix[whole] & mask
    }
}
