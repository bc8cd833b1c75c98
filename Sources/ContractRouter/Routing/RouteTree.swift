/// Finds the route of a path: a trie over segments, literals before parameters before the rest-of-path wildcard.
struct RouteTree<Value: Sendable>: Sendable {
    /// A route that matched, with the path's values in the order of the template's parameters.
    struct Match {
        var value: Value
        var parameters: [String: String]
    }

    struct Entry: Sendable {
        var names: [String]
        var value: Value
        var template: String
    }

    /// Two routes with the same verb and the same shape of path.
    struct Collision: Error, CustomStringConvertible {
        var method: String
        var first: String
        var second: String
        var description: String { "the routes \(method) \(first) and \(method) \(second) cannot be told apart" }
    }

    private final class Node: Sendable {
        let literals: [String: Node]
        let parameter: Node?
        let entries: [String: Entry]
        let rest: [String: Entry]

        init(literals: [String: Node], parameter: Node?, entries: [String: Entry], rest: [String: Entry]) {
            self.literals = literals
            self.parameter = parameter
            self.entries = entries
            self.rest = rest
        }
    }

    private struct Draft {
        var literals: [String: Draft] = [:]
        var parameter: [Draft] = []
        var entries: [String: Entry] = [:]
        var rest: [String: Entry] = [:]

        func frozen() -> Node {
            Node(
                literals: literals.mapValues { $0.frozen() }, parameter: parameter.first?.frozen(), entries: entries, rest: rest
            )
        }

        mutating func insert(_ segments: ArraySlice<String>, method: String, entry: Entry) throws {
            guard let first = segments.first else {
                if let other = entries[method] {
                    throw Collision(method: method, first: other.template, second: entry.template)
                }
                entries[method] = entry
                return
            }
            let remaining = segments.dropFirst()
            if first == "*" && remaining.isEmpty {
                if let other = rest[method] { throw Collision(method: method, first: other.template, second: entry.template) }
                rest[method] = entry
            } else if first.hasPrefix("{") {
                if parameter.isEmpty { parameter.append(Draft()) }
                try parameter[0].insert(remaining, method: method, entry: entry)
            } else {
                try literals[first, default: Draft()].insert(remaining, method: method, entry: entry)
            }
        }
    }

    private let root: Node

    init(_ routes: [(method: String, template: String, value: Value)]) throws {
        var draft = Draft()
        for route in routes {
            let segments = route.template.split(separator: "/").map(String.init)
            let names = segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
            let entry = Entry(names: names, value: route.value, template: route.template)
            try draft.insert(segments[...], method: route.method, entry: entry)
        }
        root = draft.frozen()
    }

    /// The best route for the verb, or the verbs that the path has.
    func match(_ method: String, _ segments: [String]) -> (match: Match?, allowed: [String]) {
        var allowed: Set<String> = []
        let match = find(root, segments[...], method, [], &allowed)
        return (match, allowed.sorted())
    }

    private func find(
        _ node: Node, _ segments: ArraySlice<String>, _ method: String, _ values: [String], _ allowed: inout Set<String>
    ) -> Match? {
        if let first = segments.first {
            let remaining = segments.dropFirst()
            if let next = node.literals[first], let match = find(next, remaining, method, values, &allowed) { return match }
            if let next = node.parameter, let match = find(next, remaining, method, values + [first], &allowed) { return match }
        } else if let match = pick(node.entries, method, values, rest: nil, &allowed) {
            return match
        }
        return pick(node.rest, method, values, rest: segments.joined(separator: "/"), &allowed)
    }

    private func pick(
        _ entries: [String: Entry], _ method: String, _ values: [String], rest: String?, _ allowed: inout Set<String>
    ) -> Match? {
        allowed.formUnion(entries.keys)
        // RFC 9110 §9.3.2: HEAD is GET without the body.
        guard let entry = entries[method] ?? (method == "HEAD" ? entries["GET"] : nil) else { return nil }
        var parameters = Dictionary(zip(entry.names, values), uniquingKeysWith: { first, _ in first })
        parameters["*"] = rest
        return Match(value: entry.value, parameters: parameters)
    }
}
