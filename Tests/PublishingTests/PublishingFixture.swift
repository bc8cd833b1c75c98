import Documents
import Logging
import Model
import OutgoingHTTP
import Storage

@testable import Publishing

/// Publishing on a store in memory, with directories that the test fills.
struct PublishingFixture: Sendable {
    let services: PublishingServices
    let directory: TestDirectory
    let store: SQLiteStore
    let vault: Vault

    init(plans: [String] = ["Gold", "Silver", "DefaultSubscriptionless"], limits: PublishingLimits = PublishingLimits())
        async throws
    {
        store = try SQLiteStore.temporary()
        try await Migrator(PublishingMigrations.all + [TestDirectory.migration]).migrate(store, time: .system)
        vault = try await Vault.open(key: .generate(.system), store: store)
        directory = TestDirectory(plans: plans)
        let fetcher = OutgoingFetcher(policy: .fetch(), logger: Logger(label: "test"))
        services = PublishingServices(
            PublishingFoundation(
                changes: ChangeStore(store: store, delivery: NoDelivery(), vault: vault), vault: vault,
                environments: ConfiguredEnvironments(Self.environments), policies: directory, roles: directory,
                scopes: directory, keys: directory, subscriptions: directory, categories: directory, fetcher: fetcher,
                endpointProbe: fetcher, limits: limits))
    }

    static let environments = [
        GatewayEnvironment.shipped(host: "localhost"),
        GatewayEnvironment(
            id: "europe", name: "Europe", displayName: "Europe",
            virtualHosts: [VirtualHost(host: "eu.example.com"), VirtualHost(host: "other.example.com")]),
        GatewayEnvironment(
            id: "watched", name: "Watched", displayName: "Watched", mode: "READ_ONLY",
            virtualHosts: [VirtualHost(host: "watched.example.com")]),
    ]

    /// Makes an API with one operation and an endpoint; `changes` replace or add members.
    func create(
        _ changes: JSONObject = JSONObject(), by caller: Principal = .publisher, at milliseconds: Int64 = 1000
    ) async throws -> APIRecord {
        try await services.apis.create(Self.members(changes), by: caller, .test(caller, at: milliseconds))
    }

    static func members(_ changes: JSONObject = JSONObject()) -> JSONObject {
        var members = JSONObject([
            ("name", "Pizza"), ("version", "1.0.0"), ("context", "/pizza"), ("policies", ["Gold"]),
            ("operations", [["target": "/menu", "verb": "GET"]]),
            (
                "endpointConfig",
                ["endpoint_type": "http", "production_endpoints": ["url": "http://backend.example.com/v1"]]
            ),
        ])
        for (name, value) in changes { members[name] = value }
        return members
    }

    /// Makes a revision and puts it on the environment `Default`.
    func deploy(_ api: APIRecord, by caller: Principal = .publisher) async throws -> Revision {
        let revision = try await services.revisions.create(ofAPI: api.id, description: "", by: caller, .test(caller))
        _ = try await services.deployments.deploy(
            revision.id, ofAPI: api.id, to: [.init(environment: "Default", vhost: "localhost")], by: caller, .test(caller))
        return revision
    }

    /// The compiled APIs that gateways know now, by environment.
    func gatewayAPIs() async throws -> [GatewayAPI] {
        let snapshot = try await GatewayEntityReader(store, vault: vault).snapshot()
        return snapshot.entities.compactMap { if case .api(let api) = $0 { api } else { nil } }
    }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) {}
}

extension Principal {
    static let publisher = Principal(
        username: "kim", userID: "u1", tenant: .superTenant, roles: ["Internal/publisher", "Internal/creator"],
        scopes: ["apim:api_create", "apim:api_publish", "apim:api_view"])
    static let creator = Principal(
        username: "kim", userID: "u1", tenant: .superTenant, roles: ["Internal/creator"],
        scopes: ["apim:api_create", "apim:api_view"])
    static let onlyPublisher = Principal(
        username: "kim", userID: "u1", tenant: .superTenant, roles: ["Internal/publisher"],
        scopes: ["apim:api_publish", "apim:api_view"])
    static let administrator = Principal(
        username: "admin", userID: "u2", tenant: .superTenant, roles: ["admin"], scopes: ["apim:admin", "apim:api_manage"])
    static let stranger = Principal(
        username: "eve", userID: "u3", tenant: Tenant(id: 7, domain: "example.com"), roles: ["admin"],
        scopes: ["apim:admin", "apim:api_manage", "apim:api_create", "apim:api_publish"])
}

extension ChangeContext {
    static func test(_ caller: Principal, at milliseconds: Int64 = 2000) -> ChangeContext {
        ChangeContext(
            actor: caller.qualifiedName, tenant: caller.tenant, clientAddress: "192.0.2.7", requestID: "r-1",
            milliseconds: milliseconds)
    }
}

/// Runs `body` and returns the catalogue's code that it throws; `nil` when it throws nothing.
func code(_ body: () async throws -> Void) async throws -> Int? {
    do {
        try await body()
        return nil
    } catch let error as CatalogueError {
        return error.code
    }
}
