import Consuming
import Identity
import Model
import Operating
import Publishing
import Storage

/// What deny policies name, found in the capabilities that keep it.
struct StoredDenyTargets: DenyTargets {
    func hasAPI(context: String, tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try APIContextUse.isUsed(context, tenant: tenant, in: connection)
    }

    func owner(
        _ name: String, ofApplication application: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> String? {
        try ApplicationUse.owner(name, ofApplication: application, tenant: tenant, in: connection)
    }
}

/// The users of the platform, for rules that name them.
struct StoredUsers: NamedUsers {
    func userID(of qualifiedName: String, in connection: any SQLConnection) throws -> String? {
        try UserLookup.userID(of: qualifiedName, in: connection)
    }
}
