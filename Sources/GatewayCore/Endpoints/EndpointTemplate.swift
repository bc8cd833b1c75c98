/// The path of an endpoint with variables in it: `/shops/{uri.var.shop}` takes the part of the request that the operation's template calls
/// `{shop}`.
struct EndpointTemplate: Sendable {
    private enum Piece {
        case text([UInt8])
        case variable(String)
    }

    private var pieces: [Piece] = []
    private static let opening = "{uri.var."

    /// `nil` for a path without variables.
    init?(_ path: String) {
        var rest = path[...]
        while let start = rest.range(of: Self.opening), let end = rest[start.upperBound...].firstIndex(of: "}") {
            if start.lowerBound > rest.startIndex { pieces.append(.text(Array(rest[..<start.lowerBound].utf8))) }
            pieces.append(.variable(String(rest[start.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        guard !pieces.isEmpty else { return nil }
        if !rest.isEmpty { pieces.append(.text(Array(rest.utf8))) }
    }

    /// The path with the values of its variables, or the first variable that has none.
    func path(_ value: (String) -> [UInt8]?) -> Result<[UInt8], MissingVariable> {
        var path: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let text): path += text
            case .variable(let name):
                guard let value = value(name), !value.isEmpty else { return .failure(MissingVariable(name: name)) }
                path += value
            }
        }
        return .success(path)
    }

    struct MissingVariable: Error { var name: String }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// Where the variables of an operation's path template lie: `/order/{id}` has `id` in its second part.
struct PathVariables: Sendable {
    private var places: [String: Int] = [:]

    init(_ template: String) {
        for (index, part) in template.split(separator: "/").enumerated() where part.hasPrefix("{") && part.hasSuffix("}") {
            places[String(part.dropFirst().dropLast())] = index
        }
    }

    /// The value of a variable as it stands in a path below the API's context.
    func value(of name: String, in path: ArraySlice<UInt8>) -> [UInt8]? {
        guard let place = places[name] else { return nil }
        let parts = path.split(separator: 0x2F)
        return parts.indices.contains(place) ? Array(parts[place]) : nil
    }
}

/// The target of a request before an endpoint's path was put in front of it, kept for the case that another endpoint gets the request.
struct PlainTarget {
    var path: [UInt8]
    var query: [UInt8]?
}

extension RequestPipeline {
    /// Puts the endpoint's path in front of the request's, if it has variables; a refusal if one of them has no value.
    func fillTemplate(
        of endpoint: CompiledEndpoint, _ operation: CompiledOperation, _ head: RequestHead?, _ exchange: Exchange
    ) -> Refusal? {
        guard let template = endpoint.template else {
            // The endpoint before it may have had one.
            if let plain = exchange.plainTarget, let draft = exchange.requestDraft {
                exchange.setUpstreamTarget(path: plain.path, query: plain.query, draft)
            }
            return nil
        }
        guard let draft = exchange.requestDraft ?? head.map({ exchange.editRequest($0) }) else { return nil }
        let plain =
            exchange.plainTarget ?? PlainTarget(path: exchange.upstreamPath(draft), query: exchange.upstreamQuery(draft))
        exchange.plainTarget = plain
        switch template.path({ operation.variables?.value(of: $0, in: plain.path[...]) }) {
        case .success(let path): exchange.setUpstreamTarget(path: path + plain.path, query: plain.query, draft)
        case .failure(let missing): return .missingVariable(missing.name)
        }
        return nil
    }
}

extension Refusal {
    static func missingVariable(_ name: String) -> Refusal {
        Refusal(
            code: 101_500, status: 500, message: "Runtime Error",
            description: "The endpoint's URL needs {uri.var.\(name)}, which the resource does not have", shape: .fault)
    }
}
