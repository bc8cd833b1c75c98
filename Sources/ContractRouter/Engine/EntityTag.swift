import Model

/// Entity tags made of row versions (RFC 9110 §8.8.3).
enum EntityTag {
    static func text(of version: Int64) -> String { "\"\(version)\"" }

    /// The version of `If-Match`; `nil` when the header is absent or `*`. A tag that is none of ours matches nothing: 412.
    /// Weak tags count, because proxies weaken tags when they compress.
    static func expectedVersion(_ header: String?) throws -> Int64? {
        guard let header, header != "*" else { return nil }
        guard let version = versions(header).first else { throw CatalogueError.preconditionFailed }
        return version
    }

    /// Whether `If-None-Match` names the version.
    static func matches(_ header: String, version: Int64) -> Bool { header == "*" || versions(header).contains(version) }

    private static func versions(_ header: String) -> [Int64] {
        header.split(separator: ",").compactMap { tag in
            var tag = tag.drop { $0 == " " }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            while tag.last == " " { tag = tag.dropLast() }
            guard tag.count > 2, tag.first == "\"", tag.last == "\"" else { return nil }
            return Int64(tag.dropFirst().dropLast())
        }
    }
}
