import Model
import Storage

/// One change of an API's state.
public struct LifecycleEvent: Sendable, Hashable {
    /// `nil` for the API's creation.
    public var previous: LifecycleState?
    public var state: LifecycleState
    public var user: String
    /// Milliseconds since 1970.
    public var milliseconds: Int64
}

/// The rows of lifecycle histories.
enum LifecycleStore {
    static func append(_ event: LifecycleEvent, ofAPI id: String, in change: ChangeTransaction) throws {
        let last = try change.first(
            "SELECT COALESCE(MAX(position), 0) AS last FROM api_lifecycle_event WHERE api_id = ?", [SQLValue(id)])
        try change.execute(
            """
            INSERT INTO api_lifecycle_event (api_id, position, tenant_id, previous_state, state, username, happened_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(id), SQLValue((try last?.int("last") ?? 0) + 1), SQLValue(change.context.tenant.id),
                SQLValue(event.previous?.rawValue), SQLValue(event.state.rawValue), SQLValue(event.user),
                SQLValue(event.milliseconds),
            ])
    }

    static func list(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> [LifecycleEvent] {
        try connection.query(
            """
            SELECT previous_state, state, username, happened_at FROM api_lifecycle_event
            WHERE api_id = ? AND tenant_id = ? ORDER BY position
            """, [SQLValue(id), SQLValue(tenant)]
        ).map { row in
            LifecycleEvent(
                previous: row.optionalText("previous_state").flatMap(LifecycleState.init),
                state: LifecycleState(rawValue: try row.text("state")) ?? .created, user: try row.text("username"),
                milliseconds: try row.int64("happened_at"))
        }
    }
}
