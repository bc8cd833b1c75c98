import Model
import Operating
import Publishing
import Storage

/// The APIs that publishers made, as API logs name them.
struct StoredLoggedAPIs: LoggedAPIs {
    func all(tenant: Tenant, in connection: any SQLConnection) throws -> [LoggedAPI] {
        try APIListing.all(tenant: tenant, in: connection).map { LoggedAPI(id: $0.id, context: $0.context) }
    }

    func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> LoggedAPI? {
        try APIListing.context(ofAPI: id, tenant: tenant, in: connection).map { LoggedAPI(id: id, context: $0) }
    }

    func hasOperation(
        verb: String, target: String, apiID: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        try APIListing.hasOperation(verb: verb, target: target, ofAPI: apiID, tenant: tenant, in: connection)
    }
}
