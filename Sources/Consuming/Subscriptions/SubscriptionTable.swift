import Model
import Storage

/// The SQL of subscriptions. Every statement is bound to one tenant.
enum SubscriptionTable {
    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> Subscription? {
        try connection.first("SELECT * FROM subscription WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
            .map { try subscription($0, tenant: tenant) }
    }

    static func find(application: Application, apiID: String, in connection: any SQLConnection) throws -> Subscription? {
        try connection.first(
            "SELECT * FROM subscription WHERE tenant_id = ? AND application_id = ? AND api_id = ?",
            [.tenant(application.tenant), .text(application.id), .text(apiID)]
        ).map { try subscription($0, tenant: application.tenant) }
    }

    static func all(application: Application, in connection: any SQLConnection) throws -> [Subscription] {
        try connection.query(
            "SELECT * FROM subscription WHERE tenant_id = ? AND application_id = ? ORDER BY number",
            [.tenant(application.tenant), .text(application.id)]
        ).map { try subscription($0, tenant: application.tenant) }
    }

    static func all(apiID: String, tenant: Tenant, in connection: any SQLConnection) throws -> [Subscription] {
        try connection.query(
            "SELECT * FROM subscription WHERE tenant_id = ? AND api_id = ? ORDER BY number", [.tenant(tenant), .text(apiID)]
        ).map { try subscription($0, tenant: tenant) }
    }

    static func count(application: Application, in connection: any SQLConnection) throws -> Int {
        try connection.first(
            "SELECT COUNT(*) AS total FROM subscription WHERE tenant_id = ? AND application_id = ?",
            [.tenant(application.tenant), .text(application.id)]
        )?.int("total") ?? 0
    }

    static func insert(_ subscription: Subscription, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO subscription (id, number, tenant_id, application_id, api_id, plan, requested_plan, status,
                created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            [
                .text(subscription.id), SQLValue(subscription.number), .tenant(subscription.tenant),
                .text(subscription.applicationID), .text(subscription.apiID), .text(subscription.plan),
                .text(subscription.requestedPlan), .text(subscription.status.rawValue),
                SQLValue(subscription.createdMilliseconds),
            ])
    }

    static func update(_ subscription: Subscription, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            """
            UPDATE subscription SET plan = ?, requested_plan = ?, status = ?, version = version + 1
            WHERE tenant_id = ? AND id = ?
            """,
            [
                .text(subscription.plan), .text(subscription.requestedPlan), .text(subscription.status.rawValue),
                .tenant(subscription.tenant), .text(subscription.id),
            ])
    }

    static func delete(_ subscription: Subscription, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            "DELETE FROM subscription WHERE tenant_id = ? AND id = ?",
            [.tenant(subscription.tenant), .text(subscription.id)])
    }

    static func subscription(_ row: SQLRow, tenant: Tenant) throws -> Subscription {
        Subscription(
            id: try row.text("id"), number: try row.int("number"), tenant: tenant,
            applicationID: try row.text("application_id"), apiID: try row.text("api_id"), plan: try row.text("plan"),
            requestedPlan: try row.text("requested_plan"),
            status: SubscriptionStatus(rawValue: try row.text("status")) ?? .onHold,
            createdMilliseconds: try row.int64("created_at"), version: try row.int64("version"))
    }
}
