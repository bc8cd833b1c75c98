import Model

/// Compiles cross-origin rules. APIs without rules of their own share one object, which is always in the processor's cache.
struct CORSRegister: Sendable {
    /// What holds for APIs that have none; `nil` switches cross-origin answers off for them.
    private let rules: GatewayCORS?
    /// By the name of the authorization header.
    private var shared: [String: CompiledCORS] = [:]

    init(default rules: GatewayCORS?) { self.rules = rules }

    /// The rules of an API whose authorization header has this name.
    mutating func compile(_ own: GatewayCORS?, header: String) -> CompiledCORS? {
        if let own { return CompiledCORS(own, ownHeader: header, isOwn: true) }
        guard let rules else { return nil }
        if let known = shared[header] { return known }
        let compiled = CompiledCORS(rules, ownHeader: header, isOwn: false)
        shared[header] = compiled
        return compiled
    }
}
