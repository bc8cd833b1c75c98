import ContractRouter
import ContractTesting
import Documents
import Logging
import Model
import Synchronization
import Testing

@testable import InspectionAPI

@Suite("A gateway's inside in the contract gateway-v2")
struct InspectionOperationsTests {
    private static let base = "/api/am/gateway/v2"
    private let inventory = FixedInventory()

    private func client(_ name: String = "admin") throws -> TestClient {
        var table = HandlerTable()
        InspectionHandlers(inventory: inventory).register(in: &table)
        let verifier = TableVerifier(
            [
                "admin": .test("admin", scopes: ["apim:admin"]),
                "other": .test("root", tenant: FixedInventory.other, scopes: ["apim:admin"]),
                "user": .test("kim", scopes: ["apim:api_view"]),
            ], tenants: [.superTenant, FixedInventory.other])
        return TestClient(
            try ContractEngine(handlers: table, verifier: verifier, logger: Logger(label: "test")),
            authorization: "Bearer \(name)")
    }

    private static let pizza = "apiName=Pizza&version=1.0.0"

    @Test("APIs are listed once, whatever the number of environments, and found by context and version")
    func apis() async throws {
        let client = try client()
        let all = await client.get("\(Self.base)/apis").json
        #expect(all["count"] == 2)
        #expect(
            all["list"]?[0] == [
                "apiUUID": "pizza", "apiId": 7, "provider": "kim", "name": "Pizza", "version": "1.0.0",
                "context": "/pizza/1.0.0",
                "apiType": "HTTP", "isDefaultVersion": false, "status": "PUBLISHED", "policy": "10KPerMin",
            ])
        for query in ["context=/pizza", "context=/pizza/1.0.0", "version=1.0.0", "context=/pizza&version=1.0.0"] {
            #expect(await client.get("\(Self.base)/apis?\(query)").json["list"]?.array?.map { $0["apiUUID"] } == ["pizza"])
        }
        #expect(await client.get("\(Self.base)/apis?context=/piz").json["count"] == 0)
    }

    @Test("an API shows its operations and who may call it")
    func api() async throws {
        let json = try await client().get("\(Self.base)/apis/pizza").json
        #expect(
            json["urlMappings"] == [
                [
                    "authScheme": "Any", "throttlingPolicy": "Unlimited", "httpMethod": "GET", "urlPattern": "/menu",
                    "scopes": ["read"],
                ]
            ])
        #expect(
            json["subscripitons"] == [
                [
                    "subscriptionUUID": "s", "subscriptionPolicy": "Gold", "status": "UNBLOCKED",
                    "application": Self.application,
                ]
            ])
        #expect(try await client().get("\(Self.base)/apis/none").status == 404)
    }

    private static let application: JSONValue = [
        "uuid": "shop", "id": 3, "name": "Shop", "subName": "kim", "policy": "Unlimited", "tokenType": "JWT",
        "attributes": ["cost centre": "7"],
        "keys": [["consumerKey": "ck", "keyType": "PRODUCTION", "keyManager": "Resident Key Manager"]],
    ]

    @Test("applications are found by name and id, a subscription by both of its ends")
    func applications() async throws {
        let client = try client()
        #expect(await client.get("\(Self.base)/applications").json == ["count": 1, "list": [Self.application]])
        #expect(await client.get("\(Self.base)/applications?name=Shop").json["count"] == 1)
        #expect(await client.get("\(Self.base)/applications?uuid=none").json["count"] == 0)
        let path = "\(Self.base)/subscriptions"
        #expect(
            await client.get("\(path)?apiUUID=pizza&appUUID=shop").json == [
                "subscriptionId": 5, "policyId": "Gold", "appId": 3, "subscriptionState": "UNBLOCKED", "apiId": 7,
            ])
        #expect(await client.get("\(path)?apiUUID=pizza&appUUID=none").status == 404)
        #expect(await client.get("\(path)?apiUUID=pizza").status == 400)
    }

    @Test("artifacts, endpoints, policies and definitions are texts of JSON without secrets")
    func artifacts() async throws {
        let client = try client()
        func texts(_ path: String, _ member: String) async throws -> [JSONValue] {
            let answer = await client.get("\(Self.base)/\(path)?\(Self.pizza)")
            #expect(!String(decoding: answer.response.body, as: UTF8.self).contains("hush"))
            return try (answer.json[member]?.strings ?? []).map { try JSONValue.parse($0) }
        }
        let endpoints = try await texts("end-points", "endpoints")
        #expect(endpoints.map { $0["url"] } == ["http://backend/v1", "http://backend/v1"])
        #expect(endpoints.first?["keyType"] == "PRODUCTION" && endpoints.first?["strategy"] == "single")
        let policies = try await texts("sequence", "sequences")
        #expect(
            policies.first == ["operation": "GET /menu", "flow": "request", "policy": "addHeader", "version": "v1"])
        #expect(try await texts("local-entry", "localEntries").first?["definition"] == ["openapi": "3.0.1"])
        let artifact = await client.get("\(Self.base)/api-artifact?\(Self.pizza)")
        let apis = try JSONValue.parse(artifact.json["api"]?.string ?? "").array ?? []
        #expect(apis.map { $0["environment"] } == ["Default", "Edge"] && apis.first?["operations"]?[0]?["verb"] == "GET")
        #expect(!String(decoding: artifact.response.body, as: UTF8.self).contains("hush"))
        for path in ["api-artifact", "end-points", "sequence", "local-entry"] {
            #expect(await client.get("\(Self.base)/\(path)?apiName=Pizza&version=2").status == 404)
            #expect(await client.get("\(Self.base)/\(path)?apiName=Pizza").status == 400)
        }
    }

    @Test("an API is taken off the gateway on all environments, and put back")
    func undeploy() async throws {
        let client = try client()
        func post(_ path: String) async -> TestAnswer { await client.send("POST", "\(Self.base)/\(path)?\(Self.pizza)") }
        let gone = await post("undeploy-api")
        #expect(gone.json["deployStatus"] == "UNDEPLOYED")
        #expect(inventory.withheld.withLock { $0 } == ["pizza/Default", "pizza/Edge"])
        #expect(await post("undeploy-api").status == 404)
        #expect(await client.get("\(Self.base)/apis/pizza").status == 404)
        #expect(await post("redeploy-api").json["deployStatus"] == "DEPLOYED")
        #expect(inventory.withheld.withLock { $0 }.isEmpty)
        #expect(await client.send("POST", "\(Self.base)/redeploy-api?apiName=None&version=1").status == 404)
    }

    @Test("only administrators look in, and those of a tenant see that tenant only")
    func access() async throws {
        let paths = [
            "apis", "apis/pizza", "applications", "subscriptions?apiUUID=pizza&appUUID=shop", "end-points?\(Self.pizza)",
        ]
        for path in paths {
            #expect(try await client("user").get("\(Self.base)/\(path)").status == 403)
            #expect(try await client().with(authorization: nil).get("\(Self.base)/\(path)").status == 401)
        }
        for path in paths.dropFirst() where !path.hasPrefix("applications") {
            #expect(try await client("other").get("\(Self.base)/\(path)").status == 404, "\(path)")
        }
        let other = try client("other")
        #expect(await other.get("\(Self.base)/apis").json["list"]?.array?.map { $0["apiUUID"] } == ["foreign"])
        #expect(await other.get("\(Self.base)/applications").json["count"] == 0)
        #expect(await other.get("\(Self.base)/apis?tenantDomain=carbon.super").status == 403)
        #expect(await other.send("POST", "\(Self.base)/undeploy-api?\(Self.pizza)").status == 404)
        #expect(await other.send("POST", "\(Self.base)/redeploy-api?\(Self.pizza)").status == 404)
        let asOther = try await client().get("\(Self.base)/apis?tenantDomain=example.com").json["list"]?.array
        #expect(asOther?.map { $0["apiUUID"] } == ["foreign"])
        #expect(inventory.withheld.withLock { $0 }.isEmpty)
    }
}
