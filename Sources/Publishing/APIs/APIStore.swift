import Documents
import Model
import Storage

/// The rows of working copies. Every function takes the tenant, or a record that carries it.
enum APIStore {
    static let columns = """
        api.id, api.number, api.tenant_id, api.name, api.version, api.context_template, api.provider, api.type,
        api.lifecycle_state, api.gateway_vendor, api.is_default_version, api.serves_default, api.has_thumbnail,
        api.last_revision, api.created_at, api.updated_at, api.updated_by, api.row_version, api.document, api.secrets
        """

    /// The API `id` of the tenant, or `nil`.
    static func find(_ id: String, tenant: Int, in connection: any SQLConnection) throws -> APIRecord? {
        try connection.first("SELECT \(columns) FROM api WHERE id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)])
            .map(record)
    }

    /// All versions of an API, in the order in which they were made.
    static func versions(named name: String, tenant: Int, in connection: any SQLConnection) throws -> [APIRecord] {
        try connection.query(
            "SELECT \(columns) FROM api WHERE tenant_id = ? AND lower(name) = lower(?) ORDER BY number",
            [SQLValue(tenant), SQLValue(name)]
        ).map(record)
    }

    static func record(_ row: SQLRow) throws -> APIRecord {
        APIRecord(
            id: try row.text("id"), number: try row.int("number"), tenantID: try row.int("tenant_id"),
            name: try row.text("name"), version: try row.text("version"),
            contextTemplate: ContextTemplate(stored: try row.text("context_template")), provider: try row.text("provider"),
            type: try row.text("type"), lifecycleState: LifecycleState(rawValue: try row.text("lifecycle_state")) ?? .created,
            gatewayVendor: try row.text("gateway_vendor"), isDefaultVersion: try row.bool("is_default_version"),
            servesDefault: try row.bool("serves_default"), hasThumbnail: try row.bool("has_thumbnail"),
            lastRevision: try row.int("last_revision"), createdMilliseconds: try row.int64("created_at"),
            updatedMilliseconds: try row.int64("updated_at"), updatedBy: try row.text("updated_by"),
            rowVersion: try row.int64("row_version"),
            document: try JSONValue.parse(try row.text("document")).object ?? JSONObject(),
            sealedSecrets: row.optionalText("secrets"))
    }
}

extension APIStore {
    /// Adds a new API with everything that is searched. The caller has checked the rules of names and contexts.
    static func insert(_ api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO api (id, number, tenant_id, name, version, context_template, provider, type, lifecycle_state,
                gateway_vendor, is_default_version, serves_default, has_thumbnail, last_revision, created_at, updated_at,
                updated_by, row_version, document, secrets, display_name, description, context, visibility, access_control)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(api.id), SQLValue(api.number), SQLValue(api.tenantID), SQLValue(api.name), SQLValue(api.version),
                SQLValue(api.contextTemplate.text), SQLValue(api.provider), SQLValue(api.type),
                SQLValue(api.lifecycleState.rawValue), SQLValue(api.gatewayVendor), SQLValue(api.isDefaultVersion),
                SQLValue(api.servesDefault), SQLValue(api.hasThumbnail), SQLValue(api.lastRevision),
                SQLValue(api.createdMilliseconds), SQLValue(api.updatedMilliseconds), SQLValue(api.updatedBy),
                SQLValue(api.rowVersion), SQLValue(JSONValue.object(api.document).text), SQLValue(api.sealedSecrets),
                SQLValue(api.displayName), SQLValue(api.description), SQLValue(api.context), SQLValue(api.visibility),
                SQLValue(api.accessControl),
            ])
        try claimNames(of: api, in: change)
        try APIAttributes.replace(of: api, in: change)
    }

    /// Writes what may change of an API, with the next row version. Returns the record as it is now.
    @discardableResult
    static func update(_ api: APIRecord, in change: ChangeTransaction) throws -> APIRecord {
        var api = api
        api.rowVersion += 1
        try change.execute(
            """
            UPDATE api SET lifecycle_state = ?, is_default_version = ?, serves_default = ?, has_thumbnail = ?,
                last_revision = ?, updated_at = ?, updated_by = ?, row_version = ?, document = ?, secrets = ?,
                display_name = ?, description = ?, visibility = ?, access_control = ?
            WHERE id = ? AND tenant_id = ?
            """,
            [
                SQLValue(api.lifecycleState.rawValue), SQLValue(api.isDefaultVersion), SQLValue(api.servesDefault),
                SQLValue(api.hasThumbnail), SQLValue(api.lastRevision), SQLValue(api.updatedMilliseconds),
                SQLValue(api.updatedBy), SQLValue(api.rowVersion), SQLValue(JSONValue.object(api.document).text),
                SQLValue(api.sealedSecrets), SQLValue(api.displayName), SQLValue(api.description), SQLValue(api.visibility),
                SQLValue(api.accessControl), SQLValue(api.id), SQLValue(api.tenantID),
            ])
        try APIAttributes.replace(of: api, in: change)
        return api
    }

    /// Removes an API with all that hangs on it.
    static func delete(_ api: APIRecord, in change: ChangeTransaction) throws {
        let tables = [
            "api_attribute", "api_definition", "api_thumbnail", "api_revision", "api_deployment", "api_lifecycle_event",
            "api_scope_use",
        ]
        for table in tables {
            try change.execute(
                "DELETE FROM \(table) WHERE api_id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)])
        }
        try change.execute("DELETE FROM api WHERE id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)])
        try releaseNames(of: api, in: change)
    }
}

extension APIStore {
    /// The name under which a name is taken, in the letter case of its first use; `nil` when it is free.
    static func takenName(_ name: String, tenant: Int, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT name FROM api_name WHERE tenant_id = ? AND lower_name = ?",
            [SQLValue(tenant), SQLValue(name.lowercased())]
        )?.text("name")
    }

    /// The name of the API that owns a context template or serves its resolved path; `nil` when both are free.
    static func ownerOfContext(_ api: APIRecord, in connection: any SQLConnection) throws -> String? {
        let arguments = [SQLValue(api.tenantID), SQLValue(api.gatewayVendor)]
        let byTemplate = try connection.first(
            "SELECT name FROM api_context WHERE tenant_id = ? AND gateway_vendor = ? AND context_template = ?",
            arguments + [SQLValue(api.contextTemplate.text)])
        if let byTemplate { return try byTemplate.text("name") }
        return try connection.first(
            "SELECT name FROM api WHERE tenant_id = ? AND gateway_vendor = ? AND context = ?",
            arguments + [SQLValue(api.context)]
        )?.text("name")
    }

    private static func claimNames(of api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            "INSERT INTO api_name (tenant_id, lower_name, name) VALUES (?, ?, ?) ON CONFLICT (tenant_id, lower_name) DO NOTHING",
            [SQLValue(api.tenantID), SQLValue(api.name.lowercased()), SQLValue(api.name)])
        try change.execute(
            """
            INSERT INTO api_context (tenant_id, gateway_vendor, context_template, name) VALUES (?, ?, ?, ?)
            ON CONFLICT (tenant_id, gateway_vendor, context_template) DO NOTHING
            """,
            [SQLValue(api.tenantID), SQLValue(api.gatewayVendor), SQLValue(api.contextTemplate.text), SQLValue(api.name)])
    }

    private static func releaseNames(of api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            """
            DELETE FROM api_name WHERE tenant_id = ? AND lower_name = ?
            AND NOT EXISTS (SELECT 1 FROM api WHERE api.tenant_id = api_name.tenant_id AND api.name = api_name.name)
            """, [SQLValue(api.tenantID), SQLValue(api.name.lowercased())])
        try change.execute(
            """
            DELETE FROM api_context WHERE tenant_id = ? AND gateway_vendor = ? AND context_template = ? AND NOT EXISTS (
                SELECT 1 FROM api WHERE api.tenant_id = api_context.tenant_id
                AND api.gateway_vendor = api_context.gateway_vendor AND api.context_template = api_context.context_template)
            """, [SQLValue(api.tenantID), SQLValue(api.gatewayVendor), SQLValue(api.contextTemplate.text)])
    }
}
