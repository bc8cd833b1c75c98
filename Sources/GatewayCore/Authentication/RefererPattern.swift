/// A page, or the pages of a site, from which an API key may be used: `www.example.com/path`, `*.example.com/*`. `*` stands for any
/// characters.
///
/// Host and path are compared apart. Else whoever writes a permitted host into the query of a page of his own would be let in.
struct RefererPattern: Sendable {
    private let host: [UInt8]
    /// With the slash at its begin.
    private let path: [UInt8]

    /// A pattern without a path stands for the root of its site, or for all its pages if it ends with `*`.
    init(_ text: String) {
        let bytes = Self.withoutScheme(Array(text.utf8))
        let end = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        host = bytes[..<end].map(Self.lowercase)
        path = end < bytes.endIndex ? Array(bytes[end...]) : Array(bytes.last == UInt8(ascii: "*") ? "*".utf8 : "/".utf8)
    }

    /// - Parameter referer: the field of that name; a page with or without its scheme.
    func matches(_ referer: [UInt8]) -> Bool {
        let page = Self.withoutScheme(referer)
        let end = page.firstIndex { "/?#".utf8.contains($0) } ?? page.endIndex
        let location = end < page.endIndex ? page[end...] : [UInt8(ascii: "/")][...]
        return Self.matches(host[...], page[..<end].map(Self.lowercase)[...]) && Self.matches(path[...], location)
    }

    /// Names of hosts have no case (RFC 9110 §4.2.3).
    private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

    private static func withoutScheme(_ page: [UInt8]) -> [UInt8] {
        for scheme in ["https://", "http://"] where page.starts(with: scheme.utf8) {
            return Array(page.dropFirst(scheme.utf8.count))
        }
        return page
    }

    /// Steps back to the last `*` only, which is enough for a single kind of wildcard.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var text = text
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while true {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (pattern, text)
            } else if let byte = text.first, pattern.first == byte {
                pattern = pattern.dropFirst()
                text = text.dropFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.text.isEmpty {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry = (last.pattern, text)
            } else {
                return false
            }
        }
    }
}
