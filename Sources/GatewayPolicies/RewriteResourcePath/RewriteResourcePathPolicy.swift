import GatewayCore

/// `rewriteResourcePath`: another path below the endpoint's, which may bring a query of its own; the request's follows it. `{name}` and
/// `{uri.var.name}` stand for what the request has at that place of the operation's path template.
struct RewriteResourcePathPolicy: FlowPolicy {
    private enum Piece { case text([UInt8]), variable(String) }

    private let pieces: [Piece]
    /// What is behind a question mark of the new path.
    private let ownQuery: [UInt8]?
    private let keepsQuery: Bool

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        let target = try parameters.required("newResourcePath")
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        ownQuery = mark.map { Array(target[target.index(after: $0)...].utf8) }
        keepsQuery = try parameters.bool("includeQueryParams", default: true)
        pieces = Self.pieces(of: path.hasPrefix("/") ? String(path) : "/" + path)
    }

    private static func pieces(of path: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = Substring(path)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            pieces.append(.text(Array(rest[..<open].utf8)))
            let name = rest[rest.index(after: open)..<close]
            pieces.append(.variable(String(name.hasPrefix("uri.var.") ? name.dropFirst(8) : name)))
            rest = rest[rest.index(after: close)...]
        }
        return pieces + [.text(Array(rest.utf8))]
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let draft = visit.request else { return .next }
        let present = visit.exchange.upstreamPath(draft)
        let variables = pieces.count == 1 ? [:] : PathVariables.values(in: present, template: visit.resourceTemplate)
        var path: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let bytes): path += bytes
            case .variable(let name): path += variables[name] ?? []
            }
        }
        let queries = [ownQuery, keepsQuery ? visit.exchange.upstreamQuery(draft) : nil].compactMap(\.self)
        let query = queries.isEmpty ? nil : Array(queries.joined(separator: [UInt8(ascii: "&")]))
        visit.exchange.setUpstreamTarget(path: path, query: query, draft)
        return .next
    }
}

/// What a path has in the places of its template's variables.
enum PathVariables {
    /// By name; a variable takes a whole segment, as `/order/{id}`, or a part of one.
    static func values(in path: [UInt8], template: String) -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        let segments = path.split(separator: UInt8(ascii: "/"))
        for (segment, pattern) in zip(segments, template.split(separator: "/")) {
            guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") else { continue }
            let name = String(pattern[pattern.index(after: open)..<close])
            let (before, after) = (pattern[..<open].utf8.count, pattern[pattern.index(after: close)...].utf8.count)
            guard segment.count >= before + after else { continue }
            values[name] = Array(segment.dropFirst(before).dropLast(after))
        }
        return values
    }
}
