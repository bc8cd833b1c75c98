import Foundation
import Model
import Storage

/// The databases on which the same tests run.
enum Driver: String, CaseIterable, Sendable {
    case sqliteMemory, sqliteFile, postgreSQL
}

/// A database of its own for one test, closed and removed afterwards.
@discardableResult
func withStore<Result>(
    _ driver: Driver, migrations: [Migration]? = [], _ body: (any SQLStore) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        let store: any SQLStore =
            switch driver {
            case .sqliteMemory: try SQLiteStore.temporary()
            case .sqliteFile: try await SQLiteStore(path: directory + "/test.db")
            case .postgreSQL:
                try await PostgreSQLStore(connection: try PostgreSQLServer.shared().newDatabase(), connections: 16)
            }
        if let migrations { try await Migrator(migrations).migrate(store, time: .system) }
        let result: Result
        do {
            result = try await body(store)
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
        return result
    }
}

func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.path + "/martlet-" + RandomSource.system.uuid()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
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

extension GatewayAPI {
    /// An API whose backend asks for a password, or for none.
    static func test(password: String?) -> Self {
        let security = password.map { GatewayEndpointSecurity.basic(username: "kim", password: GatewaySecret($0)) }
        let endpoints = GatewayEndpointGroup(
            strategy: .single, endpoints: [GatewayEndpoint(url: "http://backend")], security: security)
        return Self(
            id: "a", number: 1, environment: "Default", revisionID: "r", tenant: -1234, tenantDomain: "carbon.super",
            name: "Pizza", version: "1", provider: "kim", type: "HTTP", context: "/pizza/1", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: [], securitySchemes: [], authorizationHeader: "Authorization",
            apiKeyHeader: "ApiKey", keyManagers: [], audiences: [], requiresSubscription: true, cors: nil, policy: nil,
            production: endpoints, sandbox: nil, operations: [])
    }
}

/// What a closure throws to have its transaction rolled back.
struct Refused: Error {}
