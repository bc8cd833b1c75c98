import Model
import Storage

/// The SQL of applications. Every statement is bound to one tenant.
enum ApplicationTable {
    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> Application? {
        try connection.first("SELECT * FROM application WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
            .map { try application($0, tenant: tenant) }
    }

    /// The application `name` of `owner`; owners compare without case.
    static func find(
        name: String, owner: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Application? {
        try connection.first(
            "SELECT * FROM application WHERE tenant_id = ? AND lower(owner) = lower(?) AND name = ?",
            [.tenant(tenant), .text(owner), .text(name)]
        ).map { try application($0, tenant: tenant) }
    }

    /// A page of the owner's applications and their number.
    static func list(
        _ query: ApplicationQuery, owner: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> (applications: [Application], total: Int) {
        let condition = "tenant_id = ? AND lower(owner) = lower(?) AND lower(name) LIKE ? ESCAPE '!'"
        let arguments: [SQLValue] = [.tenant(tenant), .text(owner), SQLPattern.containing(query.text)]
        let total = try connection.first("SELECT COUNT(*) AS total FROM application WHERE \(condition)", arguments)?
            .int("total")
        let rows = try connection.query(
            "SELECT * FROM application WHERE \(condition) ORDER BY \(query.order) LIMIT ? OFFSET ?",
            arguments + [SQLValue(query.limit), SQLValue(query.offset)])
        return (try rows.map { try application($0, tenant: tenant) }, total ?? 0)
    }

    static func insert(_ application: Application, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO application (id, number, tenant_id, owner, name, description, policy, token_type, status, document,
                created_at, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            [
                .text(application.id), SQLValue(application.number), .tenant(application.tenant), .text(application.owner),
                .text(application.name), .text(application.description), .text(application.policy),
                .text(application.tokenType), .text(application.status.rawValue),
                .text(ApplicationDocument(application).text), SQLValue(application.createdMilliseconds),
                SQLValue(application.updatedMilliseconds),
            ])
    }

    static func update(_ application: Application, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            UPDATE application SET name = ?, description = ?, policy = ?, token_type = ?, status = ?, document = ?,
                updated_at = ?, version = version + 1 WHERE tenant_id = ? AND id = ?
            """,
            [
                .text(application.name), .text(application.description), .text(application.policy),
                .text(application.tokenType), .text(application.status.rawValue),
                .text(ApplicationDocument(application).text), SQLValue(application.updatedMilliseconds),
                .tenant(application.tenant), .text(application.id),
            ])
    }

    static func delete(_ application: Application, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM application WHERE tenant_id = ? AND id = ?", [.tenant(application.tenant), .text(application.id)])
    }

    private static func application(_ row: SQLRow, tenant: Tenant) throws -> Application {
        let document = try ApplicationDocument(stored: try row.text("document"))
        return Application(
            id: try row.text("id"), number: try row.int("number"), tenant: tenant, owner: try row.text("owner"),
            name: try row.text("name"), description: try row.text("description"), policy: try row.text("policy"),
            tokenType: try row.text("token_type"), status: ApplicationStatus(rawValue: try row.text("status")) ?? .onHold,
            attributes: document.attributes, groups: document.groups, visibility: document.visibility,
            createdMilliseconds: try row.int64("created_at"), updatedMilliseconds: try row.int64("updated_at"),
            version: try row.int64("version"), quotaResets: document.quotaResets)
    }
}
