import ContractRouter
import ContractTesting
import Documents
import Logging
import Model
import Operating
import Storage
import Testing

@testable import InternalAPI

@Suite("Gateways that report by themselves")
struct GatewayNotificationTests {
    private static let base = "/internal/data/v1"
    private static let other = Tenant(id: 1, domain: "example.com")
    private let store: any SQLStore
    private let instances: GatewayInstances
    private let deployments: GatewayDeployments
    private let client: TestClient

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(GatewayMigrations.all).migrate(store, time: .system)
        let changes = ChangeStore(store: store, delivery: NoGateways())
        instances = GatewayInstances(changes: changes)
        deployments = GatewayDeployments(changes: changes, instances: instances, acknowledgements: { [:] })
        var table = HandlerTable()
        GatewayNotificationHandlers(gateways: ReportingGateways(changes: changes)).register(in: &table)
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: ["apim:admin"]),
                "other": .test("root", tenant: Self.other, scopes: ["apim:admin"]),
                "user": .test("kim", scopes: ["apim:subscribe"]),
            ], tenants: [.superTenant, Self.other])
        client = TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer admin")
    }

    private struct NoGateways: ChangeDelivery {
        func delivered(_ sequence: Int64) async {}
    }

    private static func registration(_ id: String, _ members: JSONValue = [:]) -> JSONValue {
        var json: JSONValue = [
            "payloadType": "REGISTER", "gatewayId": JSONValue(id), "timeStamp": 1,
            "gatewayProperties": ["ipAddress": "10.0.0.5"],
            "environmentLabels": ["Default"], "loadingTenants": ["WSO2-ALL-TENANTS"],
        ]
        for (name, value) in members.object ?? JSONObject() { json[name] = value }
        return json
    }

    private func notify(_ body: JSONValue, as name: String = "admin") async -> TestAnswer {
        await client.with(authorization: "Bearer \(name)").post("\(Self.base)/notify-gateway", json: body)
    }

    private func report(_ members: JSONValue, as name: String = "admin") async -> TestAnswer {
        var item: JSONValue = [
            "gatewayId": "agent", "apiId": "a", "tenantDomain": "carbon.super", "deploymentStatus": "SUCCESS", "timeStamp": 10,
            "action": "DEPLOY", "revisionId": "r-1",
        ]
        for (name, value) in members.object ?? JSONObject() { item[name] = value }
        return await client.with(authorization: "Bearer \(name)").post(
            "\(Self.base)/notify-api-deployment-status", json: ["count": 1, "list": [item]])
    }

    @Test("a gateway registers and gives signs of life")
    func registers() async throws {
        #expect(await notify(Self.registration("agent")).json == ["status": "REGISTERED", "gatewayId": "agent"])
        let first = try #require(try await instances.list(for: .superTenant).first)
        #expect(first.id == "agent" && first.environments == ["Default"] && first.tenants.isEmpty && first.host == "10.0.0.5")
        // No change waits for it.
        #expect(!first.isConnected)
        let beat: JSONValue = ["payloadType": "HEARTBEAT", "gatewayId": "agent", "timeStamp": 2]
        #expect(await notify(beat).json == ["status": "ACKNOWLEDGED"])
        let second = try #require(try await instances.list(for: .superTenant).first)
        #expect(second.activeMilliseconds >= first.activeMilliseconds && deployments.isActive(second))
        #expect(await notify(["payloadType": "HEARTBEAT", "gatewayId": "stranger"]).status == 200)
        #expect(try await instances.list(for: .superTenant).count == 1)
    }

    @Test(
        "broken notifications are refused",
        arguments: [
            [:], ["payloadType": "REGISTER"], ["payloadType": "DANCE", "gatewayId": "a"],
            ["payloadType": "REGISTER", "gatewayId": "a"],
            ["payloadType": "REGISTER", "gatewayId": "", "environmentLabels": ["x"]],
            ["payloadType": "HEARTBEAT"],
        ] as [JSONValue])
    func broken(body: JSONValue) async { #expect(await notify(body).status == 400) }

    @Test("the id of a gateway that follows the feed is not taken over")
    func taken() async throws {
        let instance = GatewayInstance(
            id: "edge", owner: .superTenant, token: "edge", environments: ["Default"], tenants: [], host: "", version: "1",
            startedMilliseconds: 1, activeMilliseconds: 1, isConnected: true, acknowledged: 5)
        try await instances.register(instance, session: "s")
        #expect(await notify(Self.registration("edge")).status == 400)
        #expect(await notify(["payloadType": "HEARTBEAT", "gatewayId": "edge"]).status == 200)
        #expect(try await instances.list(for: .superTenant) == [instance])
    }

    /// The states of an API that is deployed with revision `r-1`.
    private func states() async throws -> [GatewayDeploymentState] {
        try await deployments.states(ofAPI: "a", tenant: .superTenant)
    }

    private func deploy() async throws {
        try await store.write { transaction in
            _ = try transaction.execute(
                """
                INSERT INTO gateway_entity (kind, entity_key, value, sequence, tenant_id, revision_id)
                VALUES ('api', 'a/Default', '{}', 7, ?, 'r-1')
                """, [.tenant(.superTenant)])
        }
    }

    @Test("what it reports on an API is shown; older reports change nothing")
    func reports() async throws {
        try await deploy()
        #expect(await notify(Self.registration("agent")).status == 200)
        #expect(try await states().map(\.status) == [.pending])
        #expect(await report([:]).json == ["status": "RECEIVED"])
        let live = try await states()
        #expect(live.map(\.status) == [.live] && live.first?.revisionID == "r-1")
        _ = await report(["timeStamp": 20, "deploymentStatus": "FAILURE", "errorCode": 1, "errorMessage": "no room"])
        let failed = try await states()
        #expect(failed.map(\.status) == [.failed] && failed.first?.message == "no room")
        _ = await report(["timeStamp": 15])
        #expect(try await states().map(\.status) == [.failed])
        _ = await report(["timeStamp": 30, "action": "UNDEPLOY"])
        #expect(try await states().map(\.status) == [.pending])
    }

    @Test("only administrators report, and of gateways of their own tenant")
    func access() async throws {
        try await deploy()
        #expect(await notify(Self.registration("agent"), as: "user").status == 403)
        #expect(await report([:], as: "user").status == 403)
        #expect(await notify(Self.registration("agent")).status == 200)
        #expect(await report([:], as: "other").status == 200)
        #expect(await report(["gatewayId": "stranger"]).status == 200)
        #expect(try await states().map(\.status) == [.pending])
        #expect(await notify(Self.registration("agent"), as: "other").status == 200)
        #expect(try await instances.list(for: .superTenant).map(\.owner) == [.superTenant])
    }
}
