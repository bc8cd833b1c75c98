/// The parts of an absolute URL that decide where a connection goes.
public struct OutgoingURL: Sendable, Hashable {
    /// Lower case.
    public var scheme: String
    /// Lower case; IPv6 addresses without brackets.
    public var host: String
    /// `nil` when the URL names none.
    public var port: Int?
    /// From the path on, never empty.
    public var target: String

    /// `nil` unless `text` is `scheme://host[:port][/…]` of printable ASCII characters. A URL with user information is refused: it
    /// would put a password into a place that is not sealed, and it is the classic way to disguise a host.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }),
            let separator = text.firstRange(of: "://")
        else { return nil }
        let scheme = text[..<separator.lowerBound]
        guard let first = scheme.utf8.first, Self.isLetter(first), scheme.utf8.allSatisfy(Self.isSchemeByte) else { return nil }
        let rest = text[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<end]) else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host
        self.port = port
        let tail = rest[end...].prefix { $0 != "#" }
        target = tail.hasPrefix("/") ? String(tail) : "/" + tail
    }

    /// The URL that `location` of a redirect means, seen from this one (RFC 3986 §5, without dot segments).
    public func redirected(to location: String) -> OutgoingURL? {
        if location.contains("://") { return OutgoingURL(location) }
        if location.hasPrefix("//") { return OutgoingURL("\(scheme):\(location)") }
        guard location.hasPrefix("/") else {
            let folder = target.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            return OutgoingURL(base + folder.joined(separator: "/") + "/" + location)
        }
        return OutgoingURL(base + location)
    }

    public var text: String { base + target }

    private var base: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "")
    }

    private static func authority(_ text: Substring) -> (String, Int?)? {
        guard !text.isEmpty, !text.contains("@") else { return nil }
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let host = String(text[text.index(after: text.startIndex)..<close])
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
            return port(text[text.index(after: close)...]).map { (host.lowercased(), $0) }
        }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let host = text[..<colon]
        guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
        return port(text[colon...]).map { (host.lowercased(), $0) }
    }

    /// `.some(nil)` for no port, `nil` for a wrong one.
    private static func port(_ text: Substring) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.hasPrefix(":"), let number = Int(text.dropFirst()), (1...65535).contains(number) else { return nil }
        return .some(number)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
    }
}
