import Model
import Storage

/// Decides which of the requested scopes a token gets. A refused scope is left out; it is no error.
struct ScopePolicy: Sendable {
    var settings: IdentitySettings

    /// The scope of a token that got none.
    static let none = "default"

    /// For whom and where scopes are decided.
    struct Asker {
        /// The user's tenant, whose REST scopes count.
        var tenant: Tenant
        var roles: Set<String>
        var client: OAuthClient
        var grantType: String
    }

    /// The granted scopes in the order of the request; ``none`` when there are none.
    func grant(_ requested: [String], to asker: Asker, _ connection: any SQLConnection) throws -> [String] {
        let restRoles = try ScopeRegistry.restRoles(of: asker.tenant, connection)
        let roles = try Self.effectiveRoles(asker.roles, of: asker.tenant, connection)
        var granted: [String] = []
        for scope in requested where scope != Self.none && !granted.contains(scope) {
            if try isGranted(scope, restRoles, roles, asker, connection) { granted.append(scope) }
        }
        return granted.isEmpty ? [Self.none] : granted
    }

    private func isGranted(
        _ scope: String, _ restRoles: [String: [String]], _ roles: Set<String>, _ asker: Asker,
        _ connection: any SQLConnection
    ) throws -> Bool {
        if settings.allowedScopes.contains(where: { $0.matches(scope) }) { return true }
        if scope.hasPrefix("internal_") { return roles.contains(BuiltInRole.administrator.rawValue.lowercased()) }
        if RESTScopes.isSystemScope(scope) { return Self.holdsOne(of: restRoles[scope] ?? [], roles) }
        if isScopeOfClient(scope, asker) { return true }
        guard let registered = try ScopeRegistry.find(scope, in: asker.client.tenant, connection) else { return true }
        return registered.roles.isEmpty || Self.holdsOne(of: registered.roles, roles)
    }

    /// Whether the client itself was given the scope, so that its owner needs no role.
    private func isScopeOfClient(_ scope: String, _ asker: Asker) -> Bool {
        settings.enablesApplicationScopes && asker.grantType == "client_credentials"
            && asker.client.attributes.applicationScopes.contains(scope)
    }

    /// All scopes of the REST APIs that the roles grant: what a user may do with Basic authentication.
    func restScopes(ofRoles roles: Set<String>, in tenant: Tenant, _ connection: any SQLConnection) throws -> Set<String> {
        let held = try Self.effectiveRoles(roles, of: tenant, connection)
        let granted = try ScopeRegistry.restRoles(of: tenant, connection).filter { Self.holdsOne(of: $0.value, held) }
        return Set(granted.keys)
    }

    /// All scopes of the tenant's APIs that the roles grant, in order of name.
    func apiScopes(ofRoles roles: Set<String>, in tenant: Tenant, _ connection: any SQLConnection) throws -> [String] {
        let held = try Self.effectiveRoles(roles, of: tenant, connection)
        return try ScopeRegistry.all(of: tenant, connection).filter {
            $0.roles.isEmpty || Self.holdsOne(of: $0.roles, held)
        }.map(\.name)
    }

    /// The roles in lower case, with those that they stand for.
    private static func effectiveRoles(
        _ roles: Set<String>, of tenant: Tenant, _ connection: any SQLConnection
    ) throws -> Set<String> {
        var effective = Set(roles.map { $0.lowercased() })
        for (alias, standsFor) in try ScopeRegistry.roleAliases(of: tenant, connection)
        where effective.contains(alias.lowercased()) {
            effective.formUnion(standsFor.map { $0.lowercased() })
        }
        return effective
    }

    private static func holdsOne(of roles: [String], _ held: Set<String>) -> Bool {
        roles.contains { held.contains($0.lowercased()) }
    }
}
