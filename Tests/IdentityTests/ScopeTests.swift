import Documents
import Model
import Storage
import Testing

@testable import Identity

@Suite("Scopes")
struct ScopeTests {
    @Test("the REST APIs have 107 scopes with roles")
    func count() { #expect(RESTScopes.defaultRoles.count == 107) }

    struct Case: Sendable {
        var roles: [String]
        var requested: String
        var granted: String
    }

    @Test(
        "roles decide on the scopes of the REST APIs",
        arguments: [
            Case(roles: ["admin"], requested: "apim:admin apim:api_publish", granted: "apim:admin apim:api_publish"),
            Case(roles: ["Internal/creator"], requested: "apim:api_create apim:api_publish", granted: "apim:api_create"),
            Case(roles: ["Internal/publisher"], requested: "apim:api_create apim:api_publish", granted: "apim:api_publish"),
            Case(roles: ["Internal/subscriber"], requested: "apim:subscribe apim:api_view", granted: "apim:subscribe"),
            Case(roles: ["Internal/devops"], requested: "apim:api_import_export apim:admin", granted: "apim:api_import_export"),
            Case(roles: ["Internal/observer"], requested: "apim:api_view apim:api_create", granted: "apim:api_view"),
            Case(roles: ["internal/CREATOR"], requested: "apim:api_create", granted: "apim:api_create"),
            Case(roles: [], requested: "apim:api_view", granted: "default"),
            Case(roles: ["admin"], requested: "apim:organization_read", granted: "default"),
            Case(roles: [], requested: "openid device_1", granted: "openid device_1"),
            Case(roles: [], requested: "internal_user_mgt_list", granted: "default"),
            Case(roles: ["admin"], requested: "internal_user_mgt_list", granted: "internal_user_mgt_list"),
            Case(roles: [], requested: "unknown_scope default", granted: "unknown_scope"),
            Case(roles: [], requested: "order:read", granted: "default"),
            Case(roles: ["manager"], requested: "order:read order:list order:read", granted: "order:read order:list"),
            Case(roles: ["staff"], requested: "apim:api_create", granted: "apim:api_create"),
            Case(roles: [], requested: "", granted: "default"),
        ])
    func decisions(_ row: Case) async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client().client
        let granted = try await fixture.services.changes.change(fixture.context()) { change in
            try ScopeRegistry.put(
                PublishedScope(name: "order:read", displayName: "", description: "", roles: ["manager"]), in: change)
            try ScopeRegistry.put(PublishedScope(name: "order:list", displayName: "", description: "", roles: []), in: change)
            try ScopeRegistry.setRoleAliases(["staff": ["Internal/creator"]], in: change)
            let asker = ScopePolicy.Asker(
                tenant: .superTenant, roles: Set(row.roles), client: client, grantType: "password")
            return try ScopePolicy(settings: .test).grant(
                row.requested.split(separator: " ").map(String.init), to: asker, change)
        }
        #expect(granted.joined(separator: " ") == row.granted)
    }

    @Test(
        "scopes that the configuration allows need no role; its patterns match whole scopes",
        arguments: [("order:.*", true), ("^order:read$", true), ("order", false), ("read", false), ("openid", false)])
    func allowed(pattern: String, isGranted: Bool) async throws {
        let fixture = try await IdentityFixture()
        let client = try await fixture.client().client
        var settings = IdentitySettings.test
        settings.allowedScopes = [try ScopePattern(pattern)]
        let policy = ScopePolicy(settings: settings)
        let granted = try await fixture.services.changes.change(fixture.context()) { change in
            try ScopeRegistry.put(
                PublishedScope(name: "order:read", displayName: "", description: "", roles: ["manager"]), in: change)
            let asker = ScopePolicy.Asker(tenant: .superTenant, roles: [], client: client, grantType: "password")
            return try policy.grant(["order:read"], to: asker, change)
        }
        #expect(granted == [isGranted ? "order:read" : ScopePolicy.none])
    }

    @Test("an administrator's change of a scope's roles counts in that tenant only")
    func changedRoles() async throws {
        let fixture = try await IdentityFixture()
        let tenant = try await fixture.tenant("example.com")
        try await fixture.services.changes.change(fixture.context(tenant)) { change in
            try ScopeRegistry.setRestRoles(["helper"], of: "apim:api_view", in: change)
        }
        let (own, other) = try await fixture.store.read { connection in
            (
                try ScopeRegistry.restRoles(of: tenant, connection)["apim:api_view"],
                try ScopeRegistry.restRoles(of: .superTenant, connection)["apim:api_view"]
            )
        }
        #expect(own == ["helper"])
        #expect(other?.contains("Internal/publisher") == true)
    }

    @Test("a client's own scopes need no role where the platform allows it", arguments: [true, false])
    func applicationScopes(_ enabled: Bool) async throws {
        var settings = IdentitySettings.test
        settings.enablesApplicationScopes = enabled
        let fixture = try await IdentityFixture(settings: settings)
        let client = try await fixture.client(attributes: OAuthClientAttributes(applicationScopes: ["order:read"]))
        try await fixture.services.changes.change(fixture.context()) { change in
            try ScopeRegistry.put(
                PublishedScope(name: "order:read", displayName: "", description: "", roles: ["manager"]), in: change)
        }
        let issued = try await fixture.services.tokenEndpoint.token(
            fixture.request(["grant_type": "client_credentials", "scope": "order:read"], client: client))
        #expect(issued.scopes == [enabled ? "order:read" : "default"])
    }
}
