import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Scopes")
struct ScopeTests {
    static let local: JSONObject = [
        "operations": [["target": "/menu", "verb": "GET", "scopes": ["menu:read"]]],
        "scopes": [["scope": ["name": "menu:read", "bindings": ["manager"]], "shared": false]],
    ]

    @Test("a scope belongs to all versions of one API name")
    func belongs() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.create(Self.local)
        var version = Self.local
        version["version"] = "2.0.0"
        _ = try await fixture.create(version)
        var other = Self.local
        other["name"] = "Pasta"
        other["context"] = "/pasta"
        #expect(try await code { _ = try await fixture.create(other) } == 900988)
        #expect(try await known(fixture) == ["menu:read=manager"])
    }

    @Test("a scope is forgotten with the last version that uses it")
    func forgotten() async throws {
        let fixture = try await PublishingFixture()
        let first = try await fixture.create(Self.local)
        let second = try await fixture.services.apis.copy(
            first.id, asVersion: "2", isDefault: false, by: .publisher, .test(.publisher))
        try await fixture.services.apis.delete(first.id, by: .publisher, .test(.publisher))
        #expect(try await known(fixture) == ["menu:read=manager"])
        try await fixture.services.apis.delete(second.id, by: .publisher, .test(.publisher))
        #expect(try await known(fixture).isEmpty)
    }

    @Test("a shared scope keeps its own roles, and cannot be deleted while it is used")
    func shared() async throws {
        let fixture = try await PublishingFixture()
        let scopes = fixture.services.sharedScopes
        let scope = PublishedScope(name: "menu:read", displayName: "Read", description: "", roles: ["admin"])
        let shared = try await scopes.create(scope, .test(.publisher))
        let api = try await fixture.create(Self.local)
        #expect(api.document["scopes"]?[0]?["shared"] == true)
        #expect(api.document["scopes"]?[0]?["scope"]?["bindings"] == ["admin"])
        #expect(try await known(fixture) == ["menu:read=admin"])
        #expect(try await scopes.users(of: shared.id, in: .superTenant).apis.map(\.id) == [api.id])
        #expect(try await code { try await scopes.delete(shared.id, .test(.publisher)) } == 900985)
        try await fixture.services.apis.delete(api.id, by: .publisher, .test(.publisher))
        try await scopes.delete(shared.id, .test(.publisher))
        #expect(try await known(fixture).isEmpty)
    }

    @Test("shared scopes obey their rules")
    func rules() async throws {
        let fixture = try await PublishingFixture()
        let scopes = fixture.services.sharedScopes
        var scope = PublishedScope(name: "", displayName: "x", description: "", roles: [])
        #expect(try await code { _ = try await scopes.create(scope, .test(.publisher)) } == 900983)
        scope.name = "s"
        scope.displayName = ""
        #expect(try await code { _ = try await scopes.create(scope, .test(.publisher)) } == 900987)
        scope.displayName = "S"
        scope.roles = ["nobody"]
        #expect(try await code { _ = try await scopes.create(scope, .test(.publisher)) } == 903250)
        scope.roles = []
        let shared = try await scopes.create(scope, .test(.publisher))
        #expect(try await code { _ = try await scopes.create(scope, .test(.publisher)) } == 900984)
        #expect(try await code { _ = try await scopes.scope(shared.id, of: Principal.stranger.tenant) } == 900981)
        #expect(try await code { try await scopes.delete(shared.id, .test(.stranger)) } == 900981)
        #expect(try await scopes.exists("s", in: .superTenant))
        #expect(try await !scopes.exists("s", in: Principal.stranger.tenant))
    }

    private func known(_ fixture: PublishingFixture) async throws -> [String] {
        try await fixture.store.read { connection in
            try connection.query("SELECT name, roles FROM test_scope ORDER BY name").map {
                try "\($0.text("name"))=\($0.text("roles"))"
            }
        }
    }
}
