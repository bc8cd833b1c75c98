import Documents
import Model
import Storage

/// The scopes of an API: their rules, their rows and their registration for tokens.
struct ScopeRules {
    let foundation: PublishingFoundation

    /// Names that need no check and no registration, because every token may have them.
    static func isFree(_ name: String) -> Bool { name == "openid" || name.hasPrefix("device_") }

    /// Checks that the roles of local scopes exist; a 404 with 903250 else. Scopes that `shared` names are left to their shared definition.
    func checkRoles(_ document: JSONObject, tenant: Tenant) async throws {
        let shared = try await foundation.changes.read { try SharedScopeStore.names(tenant: tenant.id, in: $0) }
        for entry in Self.entries(document) where !shared.contains(entry.name) && !Self.isFree(entry.name) {
            let unknown = try await foundation.roles.unknownRoles(among: entry.roles, in: tenant)
            if let role = unknown.first { throw CatalogueError.scopeRoleUnknown(role) }
        }
    }

    /// Checks that every scope of the document belongs to this API's name or is shared, then writes who uses what. Fills in shared definitions
    /// and the names that operations use without a definition.
    func apply(to api: inout APIRecord, in change: ChangeTransaction) throws {
        let previous = try Self.uses(of: api, in: change)
        var entries = Self.entries(api.document)
        let defined = Set(entries.map(\.name))
        for name in Self.usedNames(api.document) where !defined.contains(name) {
            entries.append(PublishedScope(name: name, displayName: name, description: "", roles: []))
        }
        var written: [JSONValue] = []
        try change.execute(
            "DELETE FROM api_scope_use WHERE api_id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)])
        for entry in entries {
            let shared = try SharedScopeStore.find(name: entry.name, tenant: api.tenantID, in: change)
            if shared == nil { try checkOwner(of: entry.name, api, in: change) }
            let scope = shared?.scope ?? entry
            try insertUse(of: scope, isShared: shared != nil, api, in: change)
            written.append(Self.json(scope, id: shared?.id, isShared: shared != nil))
            if shared == nil, !Self.isFree(scope.name) { try foundation.scopes.put(scope, in: change) }
        }
        api.document["scopes"] = .array(written)
        try removeUnused(previous.subtracting(entries.map(\.name)), tenant: api.tenantID, in: change)
    }

    /// Forgets the local scopes of a deleted API that no other version uses.
    func release(_ api: APIRecord, in change: ChangeTransaction) throws {
        let previous = try Self.uses(of: api, in: change)
        try change.execute(
            "DELETE FROM api_scope_use WHERE api_id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)])
        try removeUnused(previous, tenant: api.tenantID, in: change)
    }

    private func checkOwner(of scope: String, _ api: APIRecord, in change: ChangeTransaction) throws {
        guard !Self.isFree(scope) else { return }
        let other = try change.first(
            """
            SELECT 1 AS found FROM api_scope_use JOIN api ON api.id = api_scope_use.api_id
            WHERE api_scope_use.tenant_id = ? AND api_scope_use.name = ? AND api.name <> ?
            """, [SQLValue(api.tenantID), SQLValue(scope), SQLValue(api.name)])
        guard other == nil else { throw CatalogueError.scopeAssignedToOtherAPI(scope) }
    }

    private func insertUse(of scope: PublishedScope, isShared: Bool, _ api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO api_scope_use (api_id, tenant_id, name, is_shared, roles) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (api_id, name) DO NOTHING
            """,
            [
                SQLValue(api.id), SQLValue(api.tenantID), SQLValue(scope.name), SQLValue(isShared),
                SQLValue(JSONValue(scope.roles).text),
            ])
    }

    private func removeUnused(_ names: Set<String>, tenant: Int, in change: ChangeTransaction) throws {
        for name in names.sorted() {
            let used = try change.first(
                "SELECT 1 AS found FROM api_scope_use WHERE tenant_id = ? AND name = ?", [SQLValue(tenant), SQLValue(name)])
            let isShared = try SharedScopeStore.find(name: name, tenant: tenant, in: change) != nil
            if used == nil, !isShared { try foundation.scopes.remove(name, in: change) }
        }
    }
}

extension ScopeRules {
    static func uses(of api: APIRecord, in connection: any SQLConnection) throws -> Set<String> {
        Set(
            try connection.query(
                "SELECT name FROM api_scope_use WHERE api_id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)]
            ).map { try $0.text("name") })
    }

    /// The scopes that a document defines.
    static func entries(_ document: JSONObject) -> [PublishedScope] {
        (document["scopes"]?.array ?? []).compactMap { entry in
            guard let scope = entry["scope"], let name = scope["name"]?.string, !name.isEmpty else { return nil }
            return PublishedScope(
                name: name, displayName: scope["displayName"]?.string ?? name, description: scope["description"]?.string ?? "",
                roles: scope["bindings"]?.strings ?? [])
        }
    }

    private static func usedNames(_ document: JSONObject) -> [String] {
        var seen: Set<String> = []
        return (document["operations"]?.array ?? []).flatMap { $0["scopes"]?.strings ?? [] }.filter { seen.insert($0).inserted }
    }

    /// A scope as the API object shows it.
    static func json(_ scope: PublishedScope, id: String?, isShared: Bool) -> JSONValue {
        var members: JSONValue = [
            "name": JSONValue(scope.name), "displayName": JSONValue(scope.displayName),
            "description": JSONValue(scope.description), "bindings": JSONValue(scope.roles),
        ]
        members["id"] = id.map { JSONValue($0) }
        return ["scope": members, "shared": JSONValue(isShared)]
    }
}
