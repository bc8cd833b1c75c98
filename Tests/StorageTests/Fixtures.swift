import Model
import Storage

/// A store in memory with the tables of storage itself.
func migratedStore() async throws -> SQLiteStore {
    let store = try SQLiteStore.temporary()
    try await Migrator([]).migrate(store, time: .system)
    return store
}

/// Records what was delivered.
actor RecordedDelivery: ChangeDelivery {
    private(set) var sequences: [Int64] = []

    func delivered(_ sequence: Int64) { sequences.append(sequence) }
}

extension ChangeContext {
    static let test = ChangeContext(
        actor: "kim@carbon.super", tenant: .superTenant, clientAddress: "192.0.2.7", requestID: "r-1",
        milliseconds: 1_700_000_000_000)
}

extension GatewayApplication {
    static func test(_ id: String, name: String = "app") -> Self {
        Self(
            id: id, number: 1, tenant: -1234, tenantDomain: "carbon.super", name: name, owner: "kim", policy: "Unlimited",
            status: "APPROVED")
    }
}

extension GatewaySubscription {
    static func test(_ id: String) -> Self {
        Self(id: id, tenant: -1234, applicationID: "a", apiID: "b", policy: "Gold", state: "UNBLOCKED")
    }
}
