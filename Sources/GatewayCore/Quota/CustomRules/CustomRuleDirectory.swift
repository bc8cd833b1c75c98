import Model

/// All custom rules, in the order of their ids.
struct CustomRuleDirectory: Sendable {
    private var byID: [String: CompiledCustomRule] = [:]
    private(set) var rules: [CompiledCustomRule] = []

    var isEmpty: Bool { rules.isEmpty }
    var ids: [String] { Array(byID.keys) }

    mutating func set(_ rule: GatewayCustomRule) {
        byID[rule.id] = CompiledCustomRule(rule)
        arrange()
    }

    mutating func remove(id: String) {
        byID[id] = nil
        arrange()
    }

    private mutating func arrange() { rules = byID.sorted { $0.key < $1.key }.map(\.value) }
}
