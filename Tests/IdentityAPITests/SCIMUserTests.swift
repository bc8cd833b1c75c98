import ContractRouter
import Documents
import Model
import Testing

@testable import IdentityAPI

@Suite("SCIM users")
struct SCIMUserTests {
    private let administrator = TestServer.administrator

    @Test("a user is created, found, changed and removed")
    func life() async throws {
        let server = try await TestServer()
        let id = try await server.makeUser("kim")
        let path = "/scim2/Users/\(id)"
        let found = try await server.send("GET", path, authorization: administrator).json
        #expect(found["userName"] == "kim")
        #expect(found["name"]?["givenName"] == "Kim")
        #expect(found["password"] == nil)
        #expect(found["meta"]?["location"] == .string("https://localhost:9443\(path)"))
        let list = try await server.send(
            "GET", "/scim2/Users", authorization: administrator, query: JSONObject([("filter", "userName eq \"KIM\"")])
        ).json
        #expect(list["totalResults"] == 1)
        #expect(list["Resources"]?[0]?["id"] == .string(id))
        let replaced = try await server.send(
            "PUT", path, authorization: administrator,
            body: .json(["userName": "kim", "name": ["givenName": "Kimberley"]])
        ).json
        #expect(replaced["name"] == ["givenName": "Kimberley"])
        #expect(replaced["emails"] == nil)
        #expect(try await server.send("DELETE", path, authorization: administrator).status == 204)
        let gone = try await server.send("GET", path, authorization: administrator)
        #expect(gone.status == 404)
        #expect(gone.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
        #expect(gone.json["status"] == "404")
    }

    struct Patch: Sendable {
        var operation: JSONValue
        var member: String
        var expected: JSONValue?
    }

    private static let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

    static let patches = [
        Patch(
            operation: ["op": "replace", "path": "name.familyName", "value": "Doe"], member: "name",
            expected: ["givenName": "Kim", "familyName": "Doe"]),
        Patch(
            operation: ["op": "replace", "value": ["name": ["familyName": "Doe"]]], member: "name",
            expected: ["givenName": "Kim", "familyName": "Doe"]),
        Patch(
            operation: ["op": "replace", "path": "emails[primary eq true].value", "value": "new@example.org"],
            member: "emails", expected: [["value": "new@example.org", "primary": true]]),
        Patch(
            operation: ["op": "add", "path": "emails", "value": [["value": "b@example.org"]]], member: "emails",
            expected: [["value": "kim@example.org", "primary": true], ["value": "b@example.org"]]),
        Patch(operation: ["op": "remove", "path": "emails"], member: "emails", expected: nil),
        Patch(
            operation: ["op": "remove", "path": "emails[value eq \"kim@example.org\"]"], member: "emails", expected: []),
        Patch(
            operation: ["op": "replace", "path": .string(enterprise + ":country"), "value": "NZ"], member: enterprise,
            expected: ["country": "NZ"]),
        Patch(
            operation: ["op": "replace", "value": [enterprise: ["country": "NZ"]]], member: enterprise,
            expected: ["country": "NZ"]),
        Patch(
            operation: ["op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:nickName", "value": "K"],
            member: "nickName", expected: "K"),
        Patch(operation: ["op": "replace", "path": "active", "value": false], member: "active", expected: false),
    ]

    @Test("PATCH changes what its path says", arguments: patches)
    func patch(_ patch: Patch) async throws {
        let server = try await TestServer()
        let id = try await server.makeUser("kim")
        let answer = try await server.send(
            "PATCH", "/scim2/Users/\(id)", authorization: administrator, body: .json(["Operations": [patch.operation]]))
        #expect(answer.status == 200)
        #expect(answer.json[patch.member] == patch.expected)
        let stored = try await server.send("GET", "/scim2/Users/\(id)", authorization: administrator).json
        #expect(stored[patch.member] == patch.expected)
    }

    @Test(
        "PATCH refuses operations that say nothing",
        arguments: [
            ["op": "smash", "path": "active"], ["op": "remove"], ["op": "replace", "path": "active"],
            ["op": "replace", "path": "emails[value eq", "value": 1], ["op": "replace", "value": 7],
            ["op": "replace", "path": "emails[value eq \"x\"].value", "value": "y"],
        ] as [JSONValue])
    func badPatch(_ operation: JSONValue) async throws {
        let server = try await TestServer()
        let id = try await server.makeUser("kim")
        let answer = try await server.send(
            "PATCH", "/scim2/Users/\(id)", authorization: administrator, body: .json(["Operations": [operation]]))
        #expect(answer.status == 400)
        #expect(answer.json["scimType"]?.string != nil)
    }

    @Test("a new password works at once, the old one no longer, and tokens end")
    func password() async throws {
        let server = try await TestServer()
        let id = try await server.makeUser("kim")
        let client = try await server.clientAuthorization()
        let token = try await server.token(client, user: "kim", password: "kim-password", scope: "openid")
        let me = TestServer.basic("kim", "kim-password")
        #expect(try await server.send("GET", "/scim2/Me", authorization: me).json["id"] == .string(id))
        _ = try await server.send(
            "PATCH", "/scim2/Me", authorization: me,
            body: .json(["Operations": [["op": "replace", "path": "password", "value": "changed"]]]))
        let oldPassword = try await server.send("GET", "/scim2/Me", authorization: me)
        #expect(oldPassword.code == 900901)
        let oldToken = try await server.send("GET", "/scim2/Me", authorization: "Bearer \(token)")
        #expect(oldToken.code == 900906)
        let renewed = TestServer.basic("kim", "changed")
        #expect(try await server.send("GET", "/scim2/Me", authorization: renewed).status == 200)
    }

    @Test("names are unique whatever their case")
    func duplicates() async throws {
        let server = try await TestServer()
        try await server.makeUser("kim")
        let answer = try await server.send(
            "POST", "/scim2/Users", authorization: administrator,
            body: .json(["userName": "PRIMARY/Kim", "password": "another"]))
        #expect(answer.status == 409)
        #expect(answer.json["scimType"] == "uniqueness")
    }

    @Test(
        "users that cannot be are refused",
        arguments: [
            ["password": "long enough"], ["userName": "", "password": "long enough"], ["userName": "kim"],
            ["userName": "kim", "password": "1234"], ["userName": "kim", "password": 7],
            ["userName": "a b", "password": "long enough"], ["userName": "NOSTORE/kim", "password": "long enough"],
            ["userName": "kim:lee", "password": "long enough"], "text", [],
        ] as [JSONValue])
    func badUsers(_ body: JSONValue) async throws {
        let server = try await TestServer()
        let answer = try await server.send(
            "POST", "/scim2/Users", authorization: administrator, body: .json(body))
        #expect(answer.status == 400)
    }

    @Test("lists are paged, filtered and cut to attributes")
    func lists() async throws {
        let server = try await TestServer()
        for name in ["ann", "bob", "cyd"] { try await server.makeUser(name) }
        let page = try await server.send(
            "GET", "/scim2/Users", authorization: administrator,
            query: JSONObject([("startIndex", "2"), ("count", "2"), ("attributes", "userName")])
        ).json
        #expect(page["totalResults"] == 4)
        #expect(page["itemsPerPage"] == 2)
        #expect(page["Resources"]?[0]?.object?.names == ["schemas", "id", "userName"])
        #expect(page["Resources"]?[0]?["userName"] == "ann")
        let filtered = try await server.send(
            "GET", "/scim2/Users", authorization: administrator,
            query: JSONObject([("filter", "emails.value sw \"b\" or (userName co \"y\" and not (userName eq ann))")])
        ).json
        #expect(filtered["Resources"]?.array?.compactMap { $0["userName"]?.string } == ["bob", "cyd"])
        for filter in ["userName eq", "userName zz \"a\"", "(userName pr", "userName eq \"a"] {
            let bad = try await server.send(
                "GET", "/scim2/Users", authorization: administrator, query: JSONObject([("filter", .string(filter))]))
            #expect(bad.json["scimType"] == "invalidFilter")
        }
    }

    @Test("only administrators manage users; everybody sees themselves")
    func access() async throws {
        let server = try await TestServer()
        try await server.makeUser("kim")
        let kim = TestServer.basic("kim", "kim-password")
        #expect(try await server.send("GET", "/scim2/Users", authorization: kim).status == 403)
        #expect(try await server.send("GET", "/scim2/Me", authorization: kim).status == 200)
        let client = try await server.clientAuthorization()
        let bare = try await server.token(client, user: "admin", password: TestServer.password, scope: "openid")
        #expect(try await server.send("GET", "/scim2/Users", authorization: "Bearer \(bare)").status == 403)
        let scoped = try await server.token(
            client, user: "admin", password: TestServer.password, scope: "internal_user_mgt_list")
        #expect(try await server.send("GET", "/scim2/Users", authorization: "Bearer \(scoped)").status == 200)
    }

    @Test("users of another tenant are out of reach")
    func otherTenant() async throws {
        let server = try await TestServer()
        _ = try await server.makeTenant("example.com")
        let id = try await server.makeUser("kim")
        let boss = TestServer.basic("boss@example.com", "boss-password")
        #expect(try await server.send("GET", "/scim2/Users/\(id)", authorization: boss).status == 404)
        let inside = TestServer.basic("boss", "boss-password")
        #expect(try await server.send("GET", "/t/example.com/scim2/Users/\(id)", authorization: inside).status == 404)
        let own = try await server.makeUser("kim", tenantPath: "/t/example.com", authorization: inside)
        let visiting = TestServer.basic("admin@carbon.super", TestServer.password)
        #expect(try await server.send("GET", "/t/example.com/scim2/Users/\(own)", authorization: visiting).status == 403)
    }

    @Test("the owner of a tenant stays")
    func owner() async throws {
        let server = try await TestServer()
        let me = try await server.send("GET", "/scim2/Me", authorization: administrator).json
        #expect(me["roles"]?[0]?["display"] == "admin")
        let answer = try await server.send("DELETE", "/scim2/Me", authorization: administrator)
        #expect(answer.status == 403)
    }
}
