import Model
import Storage

/// A tenant as its administration shows it.
public struct TenantRecord: Sendable, Hashable {
    public var tenant: Tenant
    /// UUID by which the REST API names the tenant.
    public var uuid: String
    public var name: String
    /// Whether its users may sign in.
    public var isActive: Bool
    /// UUID of the user who owns the tenant.
    public var ownerID: String?
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64

    init(_ row: SQLRow) throws {
        tenant = Tenant(id: try row.int("id"), domain: try row.text("domain"))
        uuid = try row.text("uuid")
        name = try row.text("name")
        isActive = try row.bool("active")
        ownerID = row.optionalText("owner_id")
        createdMilliseconds = try row.int64("created_at")
    }
}
