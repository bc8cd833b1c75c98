import Model

/// The request target of RFC 9112 §3.2 taken apart: decoded path segments and query pairs. Hostile forms are refused with 400.
struct RequestTarget: Sendable {
    /// The path as it came in.
    var rawPath: String
    /// Percent-decoded; an encoded slash stays inside of its segment.
    var segments: [String]
    /// Decoded pairs in order.
    var query: [(name: String, value: String)]

    init(_ target: String) throws {
        guard target.utf8.first == UInt8(ascii: "/") else {
            throw CatalogueError.badRequest("The request target must begin with '/'.")
        }
        let withoutFragment = target.prefix { $0 != "#" }
        let parts = withoutFragment.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        rawPath = String(parts[0])
        segments = try parts[0].split(separator: "/", omittingEmptySubsequences: true).map { segment in
            guard let decoded = PercentEncoding.decode(segment, plusIsSpace: false) else {
                throw CatalogueError.badRequest("The path has an invalid percent-encoding.")
            }
            guard decoded != "..", decoded != ".", !decoded.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw CatalogueError.badRequest("The path has a segment that is not allowed.")
            }
            return decoded
        }
        query = parts.count > 1 ? try Self.pairs(parts[1], of: "query") : []
    }

    /// Pairs of `application/x-www-form-urlencoded` text.
    static func pairs(_ text: Substring, of place: String) throws -> [(name: String, value: String)] {
        try text.split(separator: "&", omittingEmptySubsequences: true).map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { throw CatalogueError.badRequest("The \(place) has an invalid percent-encoding.") }
            guard !name.utf8.contains(0), !value.utf8.contains(0) else {
                throw CatalogueError.badRequest("The \(place) contains the character U+0000.")
            }
            return (name, value)
        }
    }
}
