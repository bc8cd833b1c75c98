import Model
import Storage

/// A key as a request names it: by id, and by what the path says it belongs to.
public struct APIKeyReference: Sendable {
    let id: String
    let apiID: String?
    let applicationID: String?

    /// A key of one API.
    public init(id: String, api: String) {
        self.id = id
        apiID = api
        applicationID = nil
    }

    /// A key that stands for an application.
    public init(id: String, application: String) {
        self.id = id
        apiID = nil
        applicationID = application
    }

    /// The key, if it is the user's own, or stands for an application of theirs. Else a 404.
    func found(of principal: Principal, in connection: any SQLConnection) throws -> StoredAPIKey {
        let key = try StoredAPIKeyTable.find(id: id, tenant: principal.tenant, in: connection)
        guard let key, apiID == nil || key.apiID == apiID, applicationID == nil || key.applicationID == applicationID else {
            throw CatalogueError.notFound("API key", id: id)
        }
        if let applicationID { _ = try ApplicationAccess.application(applicationID, of: principal, in: connection) }
        guard applicationID != nil || key.owner.lowercased() == principal.username.lowercased() else {
            throw CatalogueError.notFound("API key", id: id)
        }
        return key
    }
}
