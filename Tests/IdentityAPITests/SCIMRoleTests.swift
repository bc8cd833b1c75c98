import ContractRouter
import Documents
import Model
import Testing

@testable import IdentityAPI

@Suite("SCIM roles and groups")
struct SCIMRoleTests {
    private let administrator = TestServer.administrator

    private func find(_ server: TestServer, _ filter: String) async throws -> JSONValue {
        try await server.send(
            "GET", "/scim2/v2/Roles", authorization: administrator, query: JSONObject([("filter", .string(filter))])
        ).json
    }

    @Test("built-in roles are found with and without their prefix", arguments: ["publisher", "Internal/publisher"])
    func builtIn(_ name: String) async throws {
        let found = try await find(try await TestServer(), "displayName eq \(name)")
        #expect(found["totalResults"] == 1)
        #expect(found["Resources"]?[0]?["displayName"] == "Internal/publisher")
    }

    @Test("a search body works as a query string")
    func search() async throws {
        let server = try await TestServer()
        let found = try await server.send(
            "POST", "/scim2/v2/Roles/.search", authorization: administrator,
            body: .json(["filter": "displayName eq admin", "startIndex": 1]))
        #expect(found.json["Resources"]?[0]?["displayName"] == "admin")
    }

    @Test("a role gives its users what it grants, and takes it back")
    func assignment() async throws {
        let server = try await TestServer()
        let kim = try await server.makeUser("kim")
        let role = try await find(server, "displayName eq creator")["Resources"]?[0]?["id"]?.string ?? ""
        let path = "/scim2/v2/Roles/\(role)"
        let added = try await server.send(
            "PATCH", path, authorization: administrator,
            body: .json(["Operations": [["op": "add", "path": "users", "value": [["value": .string(kim)]]]]]))
        #expect(added.json["users"]?[0]?["display"] == "kim")
        let client = try await server.clientAuthorization()
        let scope = "apim:api_create apim:api_publish"
        let token = try await server.send(
            "POST", "/oauth2/token", authorization: client,
            body: .form(
                JSONObject([
                    ("grant_type", "password"), ("username", "kim"), ("password", "kim-password"),
                    ("scope", .string(scope)),
                ])))
        #expect(token.json["scope"] == "apim:api_create")
        _ = try await server.send(
            "PATCH", path, authorization: administrator,
            body: .json(["Operations": [["op": "remove", "path": .string("users[value eq \"\(kim)\"]")]]]))
        let me = try await server.send("GET", "/scim2/Users/\(kim)", authorization: administrator)
        #expect(me.json["roles"] == [])
    }

    @Test("roles and groups are created, replaced and removed", arguments: [SCIMRoleKind.role, .group])
    func life(_ kind: SCIMRoleKind) async throws {
        let server = try await TestServer()
        let kim = try await server.makeUser("kim")
        let created = try await server.send(
            "POST", kind.path, authorization: administrator,
            body: .json([
                "displayName": "manager", "permissions": [["value": "p1"]], kind.members: [["value": .string(kim)]],
            ]))
        #expect(created.status == 201)
        let id = created.json["id"]?.string ?? ""
        #expect(created.header("location") == "https://localhost:9443\(kind.path)/\(id)")
        #expect(created.json["permissions"] == (kind == .role ? [["value": "p1"]] : nil))
        let again = try await server.send(
            "POST", kind.path, authorization: administrator, body: .json(["displayName": "MANAGER"]))
        #expect(again.status == 409)
        let replaced = try await server.send(
            "PUT", "\(kind.path)/\(id)", authorization: administrator, body: .json(["displayName": "boss"]))
        #expect(replaced.json["displayName"] == "boss")
        #expect(replaced.json[kind.members] == [])
        #expect(try await server.send("DELETE", "\(kind.path)/\(id)", authorization: administrator).status == 204)
        #expect(try await server.send("GET", "\(kind.path)/\(id)", authorization: administrator).status == 404)
    }

    @Test("built-in roles keep their names, and the owner keeps the role admin")
    func protection() async throws {
        let server = try await TestServer()
        let found = try await find(server, "displayName eq admin")["Resources"]?[0]
        let path = "/scim2/v2/Roles/\(found?["id"]?.string ?? "")"
        #expect(try await server.send("DELETE", path, authorization: administrator).status == 403)
        let renamed = try await server.send(
            "PUT", path, authorization: administrator, body: .json(["displayName": "root", "users": found?["users"] ?? []]))
        #expect(renamed.status == 403)
        let emptied = try await server.send("PUT", path, authorization: administrator, body: .json(["displayName": "admin"]))
        #expect(emptied.status == 403)
    }

    @Test(
        "roles that cannot be are refused",
        arguments: [
            [:], ["displayName": ""], ["displayName": "a,b"], ["displayName": "x", "users": [["value": "nobody"]]],
            ["displayName": "x", "users": [7]], ["displayName": "x", "groups": [["value": "y"]]],
        ] as [JSONValue])
    func badRoles(_ body: JSONValue) async throws {
        let server = try await TestServer()
        let answer = try await server.send("POST", "/scim2/v2/Roles", authorization: administrator, body: .json(body))
        #expect(answer.status == 400)
    }
}
