import ContractRouter
import ContractTesting
import Documents
import Identity
import Logging
import Model
import Operating
import Storage
import Testing

@testable import AdminAPI

/// The admin contract over a database in memory. `Bearer admin` administers the super tenant, `Bearer other` another tenant,
/// `Bearer viewer` may only look.
struct AdminFixture {
    let client: TestClient

    static let base = "/api/am/admin/v4"
    static let other = Tenant(id: 1, domain: "example.com")

    init() async throws {
        let store = try SQLiteStore.temporary()
        try await Migrator(IdentityMigrations.all + OperatingMigrations.all + GatewayMigrations.all).migrate(
            store, time: .system)
        let changes = ChangeStore(store: store, delivery: NoDelivery())
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        for tenant in [Tenant.superTenant, Self.other] {
            let context = ChangeContext(actor: "test", tenant: tenant, clientAddress: "", requestID: "", milliseconds: 1)
            try await changes.change(context) { try ThrottlingDefaults(random: .system).create(for: tenant, in: $0) }
        }
        var table = HandlerTable()
        AdminHandlers(
            policies: ThrottlingPolicies(changes: changes, random: .system, uses: []),
            denyPolicies: DenyPolicies(changes: changes, random: .system, targets: FixedTargets(), users: FixedTargets()),
            customRules: CustomRules(changes: changes, random: .system, users: FixedTargets()),
            environments: Environments(
                changes: changes, random: .system,
                catalogue: EnvironmentCatalogue(configured: [.shipped(host: "gw.example")], vault: vault),
                isUsed: { _, _, _ in false }),
            settings: AdminSettings(scopes: ["apim:admin"]),
            gateways: GatewayDeployments(
                changes: changes, instances: GatewayInstances(changes: changes), acknowledgements: { [:] })
        ).register(in: &table)
        let groups = [SystemScopes.Group(tag: "admin", scopes: ["apim:admin", "apim:scope_manage"])]
        SystemScopeHandlers(scopes: SystemScopes(changes: changes, groups: groups)).register(in: &table)
        let scopes: Set<String> = ["apim:admin"]
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: scopes), "other": .test("root", tenant: Self.other, scopes: scopes),
                "viewer": .test("viewer", scopes: ["apim:admin_tier_view", "apim:environment_read"]),
            ], tenants: [.superTenant, Self.other])
        client = TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer admin")
    }

    /// Sends a request; the client checks the answer against the contract.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, as name: String = "admin"
    ) async -> TestAnswer {
        let client = client.with(authorization: "Bearer \(name)")
        let headers = body == nil ? [] : [("Content-Type", "application/json")]
        return await client.send(method, Self.base + path, headers: headers, body: body?.serialized() ?? [])
    }

    static func policy(_ name: String, _ members: JSONValue = [:]) -> JSONValue {
        var json: JSONValue = [
            "policyName": JSONValue(name),
            "defaultLimit": [
                "type": "REQUESTCOUNTLIMIT", "requestCount": ["timeUnit": "min", "unitTime": 1, "requestCount": 5],
            ],
        ]
        for (name, value) in members.object ?? JSONObject() { json[name] = value }
        return json
    }
}

/// The super tenant has one API and one application, its user kim an id.
struct FixedTargets: DenyTargets, NamedUsers {
    func hasAPI(context: String, tenant: Tenant, in connection: any SQLConnection) -> Bool {
        tenant.isSuper && context == "/pizza/1.0.0"
    }

    func owner(
        _ name: String, ofApplication application: String, tenant: Tenant, in connection: any SQLConnection
    ) -> String? {
        tenant.isSuper && name.lowercased() == "kim" && application == "Shop" ? "kim" : nil
    }

    func userID(of qualifiedName: String, in connection: any SQLConnection) -> String? {
        qualifiedName == "kim@carbon.super" ? "id-of-kim" : nil
    }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}
