import Model
import Storage

/// Whether an application exists, for rules that name applications.
public enum ApplicationUse {
    /// Whether a user of the tenant, named without domain, owns an application of the name.
    public static func exists(
        owner: String, name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        try ApplicationTable.find(name: name, owner: owner, tenant: tenant, in: connection) != nil
    }
}
