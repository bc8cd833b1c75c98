@testable import GatewayCore

/// Matches resources by trying every template, written for plainness: the model that the trie is compared with.
struct NaiveRouter {
    struct Resource {
        var verb: Verb
        var segments: [String]
    }

    var resources: [Resource] = []

    mutating func add(_ template: String, _ verb: Verb) {
        resources.append(Resource(verb: verb, segments: template.split(separator: "/").map(String.init)))
    }

    func match(_ path: String, _ verb: Verb) -> ResourceTrie.Match {
        var text = Substring(path)
        while text.hasSuffix("/") { text.removeLast() }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        if let best = best(segments, verb) { return .operation(best) }
        return Verb.allCases.contains { best(segments, $0) != nil } ? .methodNotAllowed : .notFound
    }

    /// The index of the most specific resource: exact before template before wildcard; among templates the one whose first
    /// difference is literal, among wildcards the longest and then the same.
    private func best(_ segments: [String], _ verb: Verb) -> Int32? {
        let matching = resources.indices.filter { resources[$0].verb == verb && Self.matches(resources[$0].segments, segments) }
        let ordered = matching.sorted { left, right in
            let (one, other) = (Self.rank(resources[left].segments), Self.rank(resources[right].segments))
            return one == other ? left < right : one.lexicographicallyPrecedes(other)
        }
        return ordered.first.map { Int32($0) }
    }

    private static func isVariable(_ segment: String) -> Bool { segment.hasPrefix("{") }

    private static func rank(_ template: [String]) -> [Int] {
        let variables = template.map { isVariable($0) ? 1 : 0 }
        return template.last == "*" ? [1, -template.count] + variables : [0] + variables
    }

    private static func matches(_ template: [String], _ segments: [String]) -> Bool {
        let isWildcard = template.last == "*"
        let fixed = isWildcard ? template.dropLast() : template[...]
        guard isWildcard ? segments.count >= fixed.count : segments.count == fixed.count else { return false }
        return zip(fixed, segments).allSatisfy { pattern, segment in
            isVariable(pattern) ? !segment.isEmpty && !segment.contains(":") : pattern == segment
        }
    }
}
