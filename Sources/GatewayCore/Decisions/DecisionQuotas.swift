/// The quotas that a request was counted on, or that refused it, as its answer tells them in `RateLimit-Policy` and `RateLimit`.
struct DecisionQuotas {
    struct Item: Equatable {
        /// Level and policy, for instance `subscription:Gold`.
        var policy: String
        var countsBytes = false
        var limit: Int64 = 0
        var windowSeconds: Int64 = 0
        var remaining: Int64 = 0
        var resetSeconds: Int64 = 0
    }

    private(set) var items: [Item] = []

    /// - Parameter lines: complete header lines; others than the two are skipped.
    init(responseLines lines: [UInt8]) {
        for line in lines.split(separator: 0x0a) {
            if line.starts(with: Self.policyField) {
                items = Self.members(line.dropFirst(Self.policyField.count).dropLast()).map { name, parameters in
                    Item(
                        policy: name, countsBytes: parameters["qu"] != nil, limit: Self.number(parameters["q"]),
                        windowSeconds: Self.number(parameters["w"]))
                }
            } else if line.starts(with: Self.stateField) {
                let states = Self.members(line.dropFirst(Self.stateField.count).dropLast())
                for (index, state) in states.enumerated() where items.indices.contains(index) {
                    items[index].remaining = Self.number(state.parameters["r"])
                    items[index].resetSeconds = Self.number(state.parameters["t"])
                }
            }
        }
    }

    private static let policyField = Array("RateLimit-Policy: ".utf8)
    private static let stateField = Array("RateLimit: ".utf8)

    private static func number(_ text: Substring?) -> Int64 { text.flatMap { Int64($0) } ?? 0 }

    /// Names and parameters of a list of strings (RFC 9651 §3.1, §3.3.3). The gateway has written it, so names hold no escapes.
    private static func members(_ list: ArraySlice<UInt8>) -> [(name: String, parameters: [Substring: Substring])] {
        var members: [(name: String, parameters: [Substring: Substring])] = []
        // Odd pieces lie between quotes; the unit's value is the only one among parameters.
        let pieces = String(decoding: list, as: UTF8.self).split(separator: "\"", omittingEmptySubsequences: false)
        for index in stride(from: 1, to: pieces.count, by: 2) {
            let follows = index + 1 < pieces.count ? pieces[index + 1] : ""
            if pieces[index - 1].hasSuffix("=") {
                guard let last = members.indices.last else { continue }
                members[last].parameters.merge(parameters(follows)) { $1 }
            } else {
                members.append((String(pieces[index]), parameters(follows)))
            }
        }
        return members
    }

    private static func parameters(_ text: Substring) -> [Substring: Substring] {
        var parameters: [Substring: Substring] = [:]
        for parameter in text.prefix(while: { $0 != "," }).split(separator: ";") {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return parameters
    }
}
