import Model
import Storage

/// Finds applications, for rules that name them.
public enum ApplicationUse {
    /// The owner's name as it is written with the application; `nil` if no user of the tenant, named without domain and without regard to
    /// case, owns an application of the name.
    public static func owner(
        _ name: String, ofApplication application: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> String? {
        try ApplicationTable.find(name: application, owner: name, tenant: tenant, in: connection)?.owner
    }
}
