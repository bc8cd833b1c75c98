import Documents
import Testing

@testable import AdminAPI

@Suite("Roles of scopes and role aliases of the admin contract")
struct SystemScopeOperationsTests {
    @Test("scopes are listed with their roles, which a tenant changes for itself")
    func roles() async throws {
        let fixture = try await AdminFixture()
        let listed = await fixture.call("GET", "/system-scopes")
        #expect(listed.json["list"]?.array?.compactMap { $0["name"]?.string } == ["apim:admin", "apim:scope_manage"])
        #expect(listed.json["list"]?[0]?["roles"] == ["admin"])
        #expect(listed.json["list"]?[0]?["tag"] == "admin")
        let change: JSONValue = ["list": [["name": "apim:scope_manage", "roles": ["admin", "auditor"]]]]
        let changed = await fixture.call("PUT", "/system-scopes", change)
        #expect(changed.status == 200)
        #expect(changed.json["list"]?[1]?["roles"] == ["admin", "auditor"])
        #expect(await fixture.call("GET", "/system-scopes").json == changed.json)
        #expect(await fixture.call("GET", "/system-scopes", as: "other").json == listed.json)
        #expect(await fixture.call("GET", "/system-scopes", as: "viewer").status == 403)
    }

    @Test("a scope that no API has is refused, and nothing changes")
    func unknownScope() async throws {
        let fixture = try await AdminFixture()
        let change: JSONValue = [
            "list": [["name": "apim:scope_manage", "roles": []], ["name": "apim:nonsense", "roles": ["admin"]]]
        ]
        #expect(await fixture.call("PUT", "/system-scopes", change).status == 400)
        #expect(await fixture.call("GET", "/system-scopes").json["list"]?[1]?["roles"] == ["admin"])
    }

    @Test("role aliases are replaced as a whole")
    func aliases() async throws {
        let fixture = try await AdminFixture()
        #expect(await fixture.call("GET", "/system-scopes/role-aliases").json["count"] == 0)
        let first: JSONValue = ["list": [["role": "Internal/creator", "aliases": ["developer", "builder"]]]]
        let answer = await fixture.call("PUT", "/system-scopes/role-aliases", first)
        #expect(answer.json["list"] == [["role": "Internal/creator", "aliases": ["builder", "developer"]]])
        let second: JSONValue = ["list": [["role": "admin", "aliases": ["boss"]]]]
        _ = await fixture.call("PUT", "/system-scopes/role-aliases", second)
        let listed = await fixture.call("GET", "/system-scopes/role-aliases")
        #expect(listed.json["list"] == [["role": "admin", "aliases": ["boss"]]])
        #expect(await fixture.call("GET", "/system-scopes/role-aliases", as: "other").json["count"] == 0)
        #expect(await fixture.call("PUT", "/system-scopes/role-aliases", ["list": [["aliases": ["a"]]]]).status == 400)
    }
}
