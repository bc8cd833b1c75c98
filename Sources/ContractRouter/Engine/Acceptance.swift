import Model

/// The `Accept` header (RFC 9110 §12.5.1) as far as the contracts need it: which media types the client takes.
struct Acceptance {
    private let ranges: [(type: String, isRefused: Bool)]

    init(_ header: String?) {
        ranges = (header ?? "").lowercased().split(separator: ",").map { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return (parts.first ?? "", quality == 0)
        }
    }

    /// Whether the type is named by itself, not by a wildcard.
    func names(_ type: String) -> Bool { ranges.contains { $0.type == type && !$0.isRefused } }

    func accepts(_ type: String) -> Bool {
        if ranges.isEmpty { return true }
        let family = type.prefix { $0 != "/" } + "/*"
        let fitting = ranges.filter { $0.type == type || $0.type == family || $0.type == "*/*" }
        return fitting.contains { !$0.isRefused }
    }

    /// 406 when the client takes none of the types.
    func check(_ types: [String]) throws {
        guard types.isEmpty || types.contains(where: accepts) || names("application/gzip") else {
            throw CatalogueError.notAcceptable(available: types)
        }
    }
}
