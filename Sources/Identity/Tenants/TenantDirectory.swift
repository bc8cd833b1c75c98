import Model
import Storage

/// Finds tenants.
public struct TenantDirectory: Sendable {
    private let store: any SQLStore

    public init(store: any SQLStore) { self.store = store }

    /// The active tenant of a domain.
    public func tenant(domain: String) async throws -> Tenant? {
        try await store.read { connection in
            guard let record = try TenantTable.find(domain: domain, in: connection), record.isActive else { return nil }
            return record.tenant
        }
    }
}
