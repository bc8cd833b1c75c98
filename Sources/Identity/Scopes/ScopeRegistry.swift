import Documents
import Model
import Storage

/// The scopes that the token endpoint knows: those of APIs, and which roles the scopes of the REST APIs need.
public enum ScopeRegistry {
    /// Stores a scope of an API; one of the same name is replaced.
    public static func put(_ scope: PublishedScope, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO api_scope (tenant_id, name, display_name, description, roles) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, name) DO UPDATE SET display_name = excluded.display_name,
                description = excluded.description, roles = excluded.roles
            """,
            [
                SQLValue(change.context.tenant.id), SQLValue(scope.name), SQLValue(scope.displayName),
                SQLValue(scope.description), SQLValue(JSONValue(scope.roles).text),
            ])
    }

    public static func remove(_ name: String, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM api_scope WHERE tenant_id = ? AND name = ?", [SQLValue(change.context.tenant.id), SQLValue(name)])
    }

    public static func find(_ name: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> PublishedScope? {
        try connection.first(
            "SELECT name, display_name, description, roles FROM api_scope WHERE tenant_id = ? AND name = ?",
            [SQLValue(tenant.id), SQLValue(name)]
        ).map(scope)
    }

    /// The scopes of all APIs of a tenant, in order of name.
    static func all(of tenant: Tenant, _ connection: any SQLConnection) throws -> [PublishedScope] {
        try connection.query(
            "SELECT name, display_name, description, roles FROM api_scope WHERE tenant_id = ? ORDER BY name",
            [SQLValue(tenant.id)]
        ).map(scope)
    }

    private static func scope(_ row: SQLRow) throws -> PublishedScope {
        PublishedScope(
            name: try row.text("name"), displayName: try row.text("display_name"),
            description: try row.text("description"), roles: try JSONValue.parse(try row.text("roles")).strings ?? [])
    }

    /// Roles by scope of the REST APIs, as the tenant's administrator left them.
    public static func restRoles(of tenant: Tenant, _ connection: any SQLConnection) throws -> [String: [String]] {
        var roles = RESTScopes.defaultRoles
        for row in try connection.query("SELECT name, roles FROM rest_scope WHERE tenant_id = ?", [SQLValue(tenant.id)]) {
            roles[try row.text("name")] = try JSONValue.parse(try row.text("roles")).strings ?? []
        }
        return roles
    }

    /// Replaces the roles of one scope of the REST APIs.
    public static func setRestRoles(_ roles: [String], of scope: String, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO rest_scope (tenant_id, name, roles) VALUES (?, ?, ?)
            ON CONFLICT (tenant_id, name) DO UPDATE SET roles = excluded.roles
            """, [SQLValue(change.context.tenant.id), SQLValue(scope), SQLValue(JSONValue(roles).text)])
    }

    /// Roles that count as others: `RoleMappings` of the tenant, by alias.
    public static func roleAliases(of tenant: Tenant, _ connection: any SQLConnection) throws -> [String: [String]] {
        var aliases: [String: [String]] = [:]
        for row in try connection.query(
            "SELECT alias, role FROM role_alias WHERE tenant_id = ? ORDER BY alias, role", [SQLValue(tenant.id)])
        {
            aliases[try row.text("alias"), default: []].append(try row.text("role"))
        }
        return aliases
    }

    /// Replaces all aliases of the tenant.
    public static func setRoleAliases(_ aliases: [String: [String]], in change: ChangeTransaction) throws {
        let tenant = SQLValue(change.context.tenant.id)
        try change.execute("DELETE FROM role_alias WHERE tenant_id = ?", [tenant])
        for (alias, roles) in aliases.sorted(by: { $0.key < $1.key }) {
            for role in Set(roles).sorted() {
                try change.execute(
                    "INSERT INTO role_alias (tenant_id, alias, role) VALUES (?, ?, ?)",
                    [tenant, SQLValue(alias), SQLValue(role)])
            }
        }
    }
}
