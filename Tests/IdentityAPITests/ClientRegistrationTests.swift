import ContractTesting
import Documents
import Model
import Testing

@testable import IdentityAPI

@Suite("Client registration")
struct ClientRegistrationTests {
    private static let body: JSONValue = [
        "callbackUrl": "www.example.com", "clientName": "rest_api_store", "owner": "admin",
        "grantType": "client_credentials password refresh_token", "saasApp": true, "tokenScope": "Production",
        "tokenType": "JWT",
    ]

    private func register(
        _ server: TestServer, _ body: JSONValue, _ authorization: String = TestServer.administrator
    ) async throws -> JSONValue {
        try await send(server, body, authorization).json
    }

    private func send(
        _ server: TestServer, _ body: JSONValue, _ authorization: String = TestServer.administrator
    ) async throws -> TestAnswer {
        try await server.send(
            "POST", "/client-registration/v0.17/register", authorization: authorization, body: .json(body))
    }

    @Test("answers with the documented members, and the same again for the same name")
    func registration() async throws {
        let server = try await TestServer()
        let first = try await register(server, Self.body)
        #expect(
            first.object?.names == [
                "clientId", "clientName", "callBackURL", "clientSecret", "isSaasApplication", "appOwner", "jsonString",
                "jsonAppAttribute", "applicationUUID", "tokenType",
            ])
        #expect(first["callBackURL"] == "www.example.com")
        #expect(first["appOwner"] == "admin")
        #expect(first["jsonAppAttribute"] == "{}")
        let metadata = try JSONValue.parse(first["jsonString"]?.string ?? "")
        #expect(metadata["grant_types"] == "client_credentials password refresh_token")
        let id = first["clientId"]?.string ?? ""
        #expect((15...30).contains(id.count))
        #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        #expect(try await register(server, Self.body) == first)
    }

    @Test("without callback the grants that need one are left out")
    func withoutCallback() async throws {
        let server = try await TestServer()
        var body = Self.body
        body["callbackUrl"] = nil
        body["grantType"] = "authorization_code password implicit"
        let answer = try await register(server, body)
        #expect(try JSONValue.parse(answer["jsonString"]?.string ?? "")["grant_types"] == "password")
    }

    @Test("a user registers for nobody else; the super tenant's administrator may")
    func owners() async throws {
        let server = try await TestServer()
        try await server.makeUser("kim")
        let refused = try await send(server, Self.body, TestServer.basic("kim", "kim-password"))
        #expect(refused.status == 400)
        #expect(
            refused.json["description"] == "Logged in user 'kim' and application owner 'admin' should be same.")
        var body = Self.body
        body["owner"] = "kim"
        #expect(try await register(server, body)["appOwner"] == "kim")
        let other = try await send(server, Self.body)
        #expect(other.status == 403)
        #expect(other.json["description"] == "Access is forbidden to the application")
    }

    @Test("a tenant's client belongs to the tenant and shows its owner with the domain")
    func tenantClient() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        var body = Self.body
        body["owner"] = "boss@example.com"
        let answer = try await register(server, body, TestServer.basic("boss@example.com", "boss-password"))
        #expect(answer["appOwner"] == "boss@example.com")
        body["owner"] = "admin@carbon.super"
        let refused = try await send(server, body, TestServer.basic("boss@example.com", "boss-password"))
        #expect(refused.status == 400)
    }

    @Test("names with other characters are refused", arguments: ["", "a/b", "näme", "x\u{0}", "a<b>"])
    func names(_ name: String) async throws {
        let server = try await TestServer()
        var body = Self.body
        body["clientName"] = .string(name)
        #expect(try await send(server, body).status == 400)
    }

    @Test("wrong credentials are refused", arguments: ["Basic YWRtaW46eA==", "Basic %", "Basic", "Digest x", "Bearer x.y.z"])
    func credentials(_ header: String) async throws {
        #expect(try await send(try await TestServer(), Self.body, header).status == 401)
    }
}
