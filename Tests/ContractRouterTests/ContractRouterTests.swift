import ContractRouter
import ContractTesting
import Documents
import Logging
import Model
import Testing

/// What most tests of the router need: an engine with a few handlers and users.
enum Fixture {
    static let other = Tenant(id: 7, domain: "example.com")
    static let verifier = TableVerifier(
        [
            "admin": .test("admin", scopes: ["apim:api_view", "apim:api_create", "apim:api_manage", "apim:admin"]),
            "viewer": .test("viewer", scopes: ["apim:api_view"]),
            "nobody": .test("nobody", scopes: []),
            "foreign": .test("kim", tenant: other, scopes: ["apim:api_view"]),
        ], tenants: [.superTenant, other])

    static func client(
        as user: String? = "admin", configuration: EngineConfiguration = EngineConfiguration(),
        _ register: (inout HandlerTable) -> Void
    ) throws -> TestClient {
        var handlers = HandlerTable()
        register(&handlers)
        let engine = try ContractEngine(
            handlers: handlers, verifier: verifier, configuration: configuration, logger: Logger(label: "test"))
        return TestClient(engine, authorization: user.map { "Bearer \($0)" })
    }
}

@Suite("The contracts")
struct ContractTests {
    @Test("the nine that other products have and our own are embedded with their operations")
    func embedded() {
        var counts = Dictionary(uniqueKeysWithValues: Contract.all.map { ($0.name, $0.operations.count) })
        #expect((counts.removeValue(forKey: "martlet-v1") ?? 0) > 0)
        #expect(counts["publisher-v4"] == 265)
        #expect(counts["devportal-v3"] == 108)
        #expect(counts.count == 9)
        #expect(counts.values.reduce(0, +) == 570)
    }

    @Test("every operation is routable, and refuses a request without credential unless it is anonymous")
    func routable() async throws {
        let client = try Fixture.client(as: nil) { _ in }
        for contract in Contract.all {
            for operation in contract.operations {
                let path = operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "x" : String($0) }.joined(
                    separator: "/")
                let answer = await client.send(operation.method, contract.base + "/" + path)
                #expect(answer.status == (operation.isAnonymous ? 501 : 401), "\(contract.name) \(operation.id)")
                if !operation.isAnonymous { #expect(answer.header("www-authenticate") != nil) }
            }
        }
    }
}

@Suite("The engine")
struct ContractEngineTests {
    @Test("a handler answers its operation")
    func handler() async throws {
        let client = try Fixture.client {
            $0.handle("publisher-v4", "getAPI") {
                .ok(["id": JSONValue($0.pathParameter("apiId")), "name": "A", "context": "/a", "version": "1"], version: 3)
            }
        }
        let answer = await client.get("/api/am/publisher/v4/apis/abc")
        #expect(answer.status == 200)
        #expect(answer.text == #"{"id":"abc","name":"A","context":"/a","version":"1"}"#)
        #expect(answer.header("etag") == "\"3\"")
        let again = await client.get("/api/am/publisher/v4/apis/abc", headers: [("If-None-Match", "\"3\"")])
        #expect(again.status == 304)
        #expect(again.response.body.isEmpty)
    }

    @Test("a handler that names no operation stops the start")
    func unknownOperation() {
        #expect(throws: ContractEngine.StartFailure.self) {
            _ = try Fixture.client { $0.handle("publisher-v4", "getEverything") { _ in .noContent } }
        }
    }

    @Test("an operation without handler answers 501 with the error body")
    func notImplemented() async throws {
        let answer = try await Fixture.client { _ in }.get("/api/am/publisher/v4/apis/abc")
        #expect(answer.status == 501)
        #expect(answer.code == 501)
    }

    @Test("a credential without the scope gets 403 and code 900910")
    func missingScope() async throws {
        let answer = try await Fixture.client(as: "nobody") { _ in }.get("/api/am/publisher/v4/apis/abc")
        #expect(answer.status == 403)
        #expect(answer.code == 900910)
    }
}
