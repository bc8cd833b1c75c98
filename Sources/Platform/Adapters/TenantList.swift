import Identity
import Model

extension TenantAdministration {
    /// The active tenants, or the inactive ones, as portals list them.
    func tenants(active: Bool) async throws -> [Tenant] {
        try await list(domain: nil, limit: Int(Int32.max), offset: 0).tenants.filter { $0.isActive == active }.map(\.tenant)
    }
}
