import Documents
import Model

/// The advanced policies that operations name.
struct OperationTiers {
    let policies: any PolicyDirectory

    /// Operations, checked. Where `Unlimited` is not offered, the first policy that is takes its place. Throws a 400 for a policy that
    /// there is not: gateways would count such an operation nowhere.
    func settled(_ operations: [JSONValue], of tenant: Tenant) async throws -> [JSONValue] {
        guard !operations.isEmpty else { return operations }
        let offered = try await policies.policies(level: .advanced, of: tenant).map(\.name)
        let unlimited = ThrottlingPolicy.unlimitedName
        let standard = offered.contains(unlimited) ? unlimited : offered.first ?? unlimited
        return try operations.map { operation in
            let name = operation["throttlingPolicy"]?.string ?? ""
            var settled = operation
            if name.isEmpty || name == unlimited {
                settled["throttlingPolicy"] = JSONValue(standard)
            } else if !offered.contains(name) {
                throw CatalogueError.advancedPolicyInvalid(name)
            }
            return settled
        }
    }
}
