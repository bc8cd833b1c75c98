import Model
import Storage

/// Finds users inside of other capabilities' transactions.
public enum UserLookup {
    /// The id of the user `name@domain`; `nil` if the tenant or the user does not exist. Names compare without case.
    public static func userID(of qualifiedName: String, in connection: any SQLConnection) throws -> String? {
        guard let at = qualifiedName.lastIndex(of: "@") else { return nil }
        let domain = String(qualifiedName[qualifiedName.index(after: at)...])
        guard let tenant = try TenantTable.find(domain: domain, in: connection)?.tenant else { return nil }
        return try UserTable.find(username: String(qualifiedName[..<at]), tenant: tenant.id, in: connection)?.id
    }
}
