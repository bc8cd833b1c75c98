import Documents
import Model
import Storage

/// Which APIs and applications use a key manager.
public enum KeyManagerUse {
    /// An API whose list of key managers lets one in.
    public struct API: Sendable {
        public var id: String
        public var name: String
        public var version: String
        public var context: String
        public var provider: String
        public var type: String
        public var state: String
        /// The entry of the list that matched: the name, or `all`.
        public var entry: String
    }

    /// The APIs of a tenant that take tokens of the key manager, in order of name. Reads every API of the tenant, which is fine for a
    /// rare question.
    public static func apis(named name: String, tenant: Tenant, in connection: any SQLConnection) throws -> [API] {
        try connection.query(
            """
            SELECT id, name, version, context, provider, type, lifecycle_state, document FROM api WHERE tenant_id = ?
            ORDER BY lower(name), version, id
            """, [.tenant(tenant)]
        ).compactMap { row in
            let listed = try listedNames(row)
            guard let entry = listed.contains(name) ? name : listed.contains(all) ? all : nil else { return nil }
            return API(
                id: try row.text("id"), name: try row.text("name"), version: try row.text("version"),
                context: try row.text("context"), provider: try row.text("provider"), type: try row.text("type"),
                state: try row.text("lifecycle_state"), entry: entry)
        }
    }

    /// The applications of a tenant that have keys of the key manager, in order of name.
    public static func applications(
        named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [Application] {
        let ids = try connection.query(
            """
            SELECT DISTINCT a.id AS id, lower(a.name) AS name FROM application a
            JOIN application_key k ON k.application_id = a.id AND k.tenant_id = a.tenant_id
            WHERE a.tenant_id = ? AND k.key_manager = ? ORDER BY name, id
            """, [.tenant(tenant), .text(name)]
        ).map { try $0.text("id") }
        return try ids.compactMap { try ApplicationTable.find(id: $0, tenant: tenant, in: connection) }
    }

    /// Names of key managers that the tenant's APIs name or applications have keys of.
    public static func names(tenant: Tenant, in connection: any SQLConnection) throws -> Set<String> {
        var names = Set(
            try connection.query("SELECT DISTINCT key_manager FROM application_key WHERE tenant_id = ?", [.tenant(tenant)])
                .map { try $0.text("key_manager") })
        for row in try connection.query("SELECT document FROM api WHERE tenant_id = ?", [.tenant(tenant)]) {
            names.formUnion(try listedNames(row).filter { $0 != all })
        }
        return names
    }

    /// Whether an API names the key manager or an application has keys of it; in any tenant if `tenant` is `nil`.
    public static func isUsed(named name: String, tenant: Tenant?, in connection: any SQLConnection) throws -> Bool {
        let condition = tenant == nil ? "" : " AND tenant_id = ?"
        let argument = tenant.map { [SQLValue.tenant($0)] } ?? []
        if try connection.first(
            "SELECT id FROM application_key WHERE key_manager = ?\(condition) LIMIT 1", [.text(name)] + argument) != nil
        {
            return true
        }
        let rows = try connection.query(
            "SELECT document FROM api" + (tenant == nil ? "" : " WHERE tenant_id = ?"), argument)
        return try rows.contains { try listedNames($0).contains(name) }
    }

    private static let all = "all"

    private static func listedNames(_ row: SQLRow) throws -> [String] {
        try JSONValue.parse(try row.text("document"))["keyManagers"]?.strings ?? []
    }
}
