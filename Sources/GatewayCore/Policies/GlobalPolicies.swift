/// The policies that gateways apply to all APIs of a tenant, by environment.
struct GlobalPolicies: Sendable {
    private var slots = SlotRegister()
    private var flows = ChunkedArray<CompiledFlows>()
    private(set) var isEmpty = true

    /// The place of an environment's policies, whether there are any or not: `tenant/environment`.
    mutating func slot(for key: String) -> Int32 { slots.slot(for: key) }

    /// All environments that were ever spoken of.
    var keys: [String] { slots.keys }

    mutating func set(_ compiled: CompiledFlows?, for key: String) {
        flows[slots.slot(for: key)] = compiled
        // Once there were some, looking costs little enough.
        isEmpty = isEmpty && compiled == nil
    }

    @inline(__always)
    subscript(slot: Int32) -> CompiledFlows? { isEmpty ? nil : flows[slot] }
}
