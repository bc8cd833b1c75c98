import ContractTesting
import Documents
import Model
import Testing

@testable import IdentityAPI

@Suite("Tenants over HTTP")
struct TenantRoutesTests {
    private let administrator = TestServer.administrator
    private let path = "/api/server/v1/tenants"

    @Test("a new tenant is found by domain and id, and its owner can sign in")
    func creation() async throws {
        let server = try await TestServer()
        let tenant = try await server.makeTenant("Example.com")
        #expect(tenant == Tenant(id: 1, domain: "example.com"))
        let found = try await server.send("GET", path + "/domain/example.com", authorization: administrator).json
        #expect(found["domain"] == "example.com")
        #expect(found["lifecycleStatus"] == ["activated": true])
        #expect(found["owners"]?[0]?["username"] == "boss")
        #expect(found["owners"]?[0]?["email"] == "boss@example.org")
        let id = found["id"]?.string ?? ""
        #expect(try await server.send("GET", "\(path)/\(id)", authorization: administrator).json == found)
        #expect(try await server.send("HEAD", path + "/domain/example.com", authorization: administrator).status == 200)
        let boss = TestServer.basic("boss@example.com", "boss-password")
        let me = try await server.send("GET", "/t/example.com/scim2/Me", authorization: boss).json
        #expect(me["userName"] == "boss")
        #expect(me["roles"]?[0]?["display"] == "admin")
    }

    @Test("a domain is taken once")
    func duplicate() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        for domain in ["example.com", "EXAMPLE.com", "carbon.super"] {
            let again = try await create(server, domain)
            #expect(again.status == 409)
            #expect(again.json.object?.names == ["code", "message", "description", "traceId"])
        }
    }

    private func create(_ server: TestServer, _ domain: String) async throws -> TestAnswer {
        try await server.send(
            "POST", path, authorization: administrator,
            body: .json([
                "domain": .string(domain), "owners": [["username": "boss", "password": "boss-password"]],
            ]))
    }

    @Test("illegal domains are refused by name", arguments: ["a b.com", "x/y", "ex@mple.com", "-a.com", "a..b", "é.com", ""])
    func illegalDomains(_ domain: String) async throws {
        let server = try await TestServer()
        let answer = try await create(server, domain)
        #expect(answer.status == 400)
        #expect(answer.json["message"]?.string?.contains("\(domain) contains one or more illegal characters") == true)
    }

    @Test(
        "incomplete requests are refused",
        arguments: [
            [:], ["domain": "a.com"], ["domain": "a.com", "owners": []],
            ["domain": "a.com", "owners": [["username": "boss", "password": "1"]]],
            [
                "domain": "a.com",
                "owners": [["username": "b", "password": "long enough", "provisioningMethod": "invite-via-email"]],
            ],
        ] as [JSONValue])
    func incomplete(_ body: JSONValue) async throws {
        let server = try await TestServer()
        let answer = try await server.send("POST", path, authorization: administrator, body: .json(body))
        #expect(answer.status == 400)
    }

    @Test("while a tenant is switched off nobody of it gets in, with password or token")
    func deactivation() async throws {
        let server = try await TestServer()
        let tenant = try await server.makeTenant("example.com")
        let boss = TestServer.basic("boss@example.com", "boss-password")
        let client = try await server.clientAuthorization(caller: boss, owner: "boss@example.com")
        let token = try await server.token(client, user: "boss@example.com", password: "boss-password", scope: "openid")
        let record = try await server.services.tenants.find(domain: tenant.domain)
        let status = "\(path)/\(record.uuid)/lifecycle-status"
        _ = try await server.send("PUT", status, authorization: administrator, body: .json(["activated": false]))
        #expect(try await server.send("GET", "/scim2/Me", authorization: boss).code == 900901)
        #expect(try await server.send("GET", "/scim2/Me", authorization: "Bearer \(token)").code == 900906)
        #expect(try await server.send("GET", "/t/example.com/oauth2/jwks").status == 404)
        await #expect(throws: MissingValue.self) {
            try await server.token(client, user: "boss@example.com", password: "boss-password", scope: "openid")
        }
        _ = try await server.send("PUT", status, authorization: administrator, body: .json(["activated": true]))
        #expect(
            try await server.send("GET", "/t/example.com/scim2/Me", authorization: "Bearer \(token)").status == 200)
    }

    @Test("a deleted tenant is gone, its number is not used again, its domain may be")
    func deletion() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        let record = try await server.services.tenants.find(domain: "example.com")
        let answer = try await server.send("DELETE", "\(path)/\(record.uuid)/metadata", authorization: administrator)
        #expect(answer.status == 204)
        let gone = try await server.send("GET", path + "/domain/example.com", authorization: administrator)
        #expect(gone.status == 404)
        #expect(try await server.makeTenant("example.com").id == 2)
    }

    @Test("lists are paged and filtered")
    func lists() async throws {
        let server = try await TestServer()
        for domain in ["a.com", "b.com", "c.org"] { _ = try await server.makeTenant(domain) }
        let page = try await server.send(
            "GET", path, authorization: administrator, query: JSONObject([("limit", "1"), ("offset", "1")])
        ).json
        #expect(page["totalResults"] == 3)
        #expect(page["tenants"]?.array?.compactMap { $0["domain"]?.string } == ["b.com"])
        let filtered = try await server.send(
            "GET", path, authorization: administrator, query: JSONObject([("filter", "domainName ew .com")])
        ).json
        #expect(filtered["totalResults"] == 2)
        for query in [JSONObject([("limit", "-1")]), JSONObject([("filter", "name is x")])] {
            #expect(try await server.send("GET", path, authorization: administrator, query: query).status == 400)
        }
    }

    @Test("tenants are the super tenant's business, and it cannot be switched off")
    func access() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        let boss = TestServer.basic("boss@example.com", "boss-password")
        #expect(try await server.send("GET", path, authorization: boss).status == 403)
        let own = TestServer.basic("boss", "boss-password")
        #expect(try await server.send("GET", "/t/example.com" + path, authorization: own).status == 403)
        let root = try await server.services.tenants.find(domain: "carbon.super")
        let answer = try await server.send(
            "PUT", "\(path)/\(root.uuid)/lifecycle-status", authorization: administrator, body: .json(["activated": false]))
        #expect(answer.status == 403)
    }
}
