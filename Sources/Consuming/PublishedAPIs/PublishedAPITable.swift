import Documents
import Model
import Storage

/// The SQL by which consumers read APIs. It reads tables of the publishing part, which imports nothing of this one and is not
/// imported: `api`, `api_attribute`, `api_definition`, `api_thumbnail`, `api_deployment`. Every statement is bound to one tenant.
enum PublishedAPITable {
    /// Any API of the tenant, in every state.
    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> PublishedAPI? {
        try connection.first("SELECT * FROM api WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
            .map { try api($0, tenant: tenant) }
    }

    /// The visible APIs that match, in the order of their names, newest version first, with their number.
    static func list(
        _ search: PublishedAPISearch, tenant: Tenant, viewer: Principal?, in connection: any SQLConnection
    ) throws -> (apis: [PublishedAPI], total: Int) {
        let condition = search.condition(tenant: tenant, viewer: viewer)
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM api WHERE \(condition.sql)", condition.arguments)?.int("total")
        let rows = try connection.query(
            "SELECT * FROM api WHERE \(condition.sql) ORDER BY lower(name), created_at DESC, number DESC LIMIT ? OFFSET ?",
            condition.arguments + [SQLValue(search.limit), SQLValue(search.offset)])
        return (try rows.map { try api($0, tenant: tenant) }, total ?? 0)
    }

    /// Tags of visible APIs with the number of APIs that carry each, in their order.
    static func tags(
        tenant: Tenant, viewer: Principal?, in connection: any SQLConnection
    ) throws -> [(value: String, count: Int)] {
        let condition = PublishedAPISearch().condition(tenant: tenant, viewer: viewer)
        return try connection.query(
            """
            SELECT value, COUNT(*) AS total FROM api_attribute WHERE tenant_id = ? AND kind = 'tag'
                AND api_id IN (SELECT id FROM api WHERE \(condition.sql)) GROUP BY value ORDER BY value
            """, [.tenant(tenant)] + condition.arguments
        ).map { (try $0.text("value"), try $0.int("total")) }
    }

    /// The OpenAPI document as text, or `nil`.
    static func definition(of api: PublishedAPI, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT definition FROM api_definition WHERE tenant_id = ? AND api_id = ?", [.tenant(api.tenant), .text(api.id)]
        )?.text("definition")
    }

    static func thumbnail(
        of api: PublishedAPI, in connection: any SQLConnection
    ) throws -> (bytes: [UInt8], mediaType: String)? {
        try connection.first(
            "SELECT content, media_type FROM api_thumbnail WHERE tenant_id = ? AND api_id = ?",
            [.tenant(api.tenant), .text(api.id)]
        ).map { (try $0.blob("content"), try $0.text("media_type")) }
    }

    /// Deployments that consumers are shown.
    static func deployments(of api: PublishedAPI, in connection: any SQLConnection) throws -> [PublishedDeployment] {
        try connection.query(
            """
            SELECT environment, vhost FROM api_deployment
            WHERE tenant_id = ? AND api_id = ? AND display_on_devportal = 1 ORDER BY environment
            """, [.tenant(api.tenant), .text(api.id)]
        ).map { PublishedDeployment(environment: try $0.text("environment"), host: try $0.text("vhost")) }
    }

    private static func api(_ row: SQLRow, tenant: Tenant) throws -> PublishedAPI {
        PublishedAPI(
            id: try row.text("id"), tenant: tenant, name: try row.text("name"), version: try row.text("version"),
            displayName: try row.text("display_name"), description: try row.text("description"),
            context: try row.text("context"), contextTemplate: try row.text("context_template"),
            provider: try row.text("provider"), type: try row.text("type"),
            lifecycleState: try row.text("lifecycle_state"), visibility: try row.text("visibility"),
            isDefaultVersion: try row.bool("is_default_version"), hasThumbnail: try row.bool("has_thumbnail"),
            createdMilliseconds: try row.int64("created_at"), updatedMilliseconds: try row.int64("updated_at"),
            rowVersion: try row.int64("row_version"),
            document: try JSONValue.parse(try row.text("document")).object ?? JSONObject())
    }
}
