import Identity
import Model
import Storage

// What all operations on keys share: finding out what a request is about, and what clients look like.
extension ApplicationKeys {
    func credentials(
        of mapping: ApplicationKeyMapping, in connection: any SQLConnection
    ) throws -> OAuthClientCredentials {
        let found = try clients.credentials(consumerKey: mapping.consumerKey, tenant: mapping.tenant, in: connection)
        guard let found else { throw CatalogueError.keyMappingNotFound(mapping.id) }
        return found
    }

    func key(_ mapping: ApplicationKeyMapping, in connection: any SQLConnection) throws -> ApplicationKey {
        guard mapping.isResident else {
            return ApplicationKey(mapping: mapping, external: try external.table.find(mapping, in: connection))
        }
        return ApplicationKey(
            mapping: mapping,
            credentials: try clients.credentials(
                consumerKey: mapping.consumerKey, tenant: mapping.tenant, in: connection))
    }

    /// Whether a name or id is that of the platform's own key manager, or of none.
    public func isResident(_ keyManager: String, tenant: Tenant) async throws -> Bool {
        try await changes.read { try external.offered.find(keyManager, tenant: tenant, in: $0)?.isResident ?? true }
    }

    /// The application, and the key manager for new keys of a type, if they are possible.
    func choose(
        _ keyManager: String, _ keyType: KeyType, _ id: String, _ principal: Principal
    ) async throws -> (Application, KeyManager) {
        try await changes.read { connection in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: connection)
            let manager = try external.offered.choose(
                keyManager, tenant: application.tenant, roles: principal.roles, in: connection)
            try checkSlot(keyType, keyManager: manager.name, application: application, in: connection)
            return (application, manager)
        }
    }

    func existing(
        _ reference: KeyReference, _ id: String, _ principal: Principal
    ) async throws -> (Application, ApplicationKeyMapping) {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return (application, try reference.mapping(of: application, in: connection))
        }
    }

    func checkSlot(
        _ keyType: KeyType, keyManager: String, application: Application, in connection: any SQLConnection
    ) throws {
        let taken = try KeyMappingTable.find(
            keyType: keyType, keyManager: keyManager, application: application, in: connection)
        if taken != nil { throw CatalogueError.keyMappingExists }
    }

    func clientDraft(
        _ request: KeyRequest, application: Application, in connection: any SQLConnection
    ) throws -> OAuthClientDraft {
        OAuthClientDraft(
            name: clientName(request.keyType, application),
            ownerID: try users.userID(of: application.owner, tenant: application.tenant, in: connection),
            ownerName: application.owner, grantTypes: request.grantTypes, callback: Callback.pattern(request.callback),
            tokenType: application.accessTokenType, attributes: request.attributes)
    }

    /// The name of an application's client at its key manager.
    func clientName(_ keyType: KeyType, _ application: Application) -> String {
        let owner = application.owner.map { $0 == "/" ? "_" : String($0) }.joined()
            .split(separator: "@", omittingEmptySubsequences: false).joined(separator: "-AT-")
        return "\(owner)_\(application.id)_\(keyType.rawValue)"
    }

    func mapping(
        _ id: String, _ client: OAuthClient, _ keyType: KeyType, _ application: Application,
        mode: ApplicationKeyMapping.Mode, at milliseconds: Int64
    ) -> ApplicationKeyMapping {
        ApplicationKeyMapping(
            id: id, applicationID: application.id, tenant: application.tenant,
            keyManager: GatewayKeyManager.residentName, keyType: keyType, consumerKey: client.consumerKey, mode: mode,
            createdMilliseconds: milliseconds)
    }

    func store(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try KeyMappingTable.insert(mapping, in: transaction)
        try transaction.audit("create", kind: "applicationKey", id: mapping.id, after: mapping.auditForm)
    }

    func remove(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try KeyMappingTable.remove(mapping, in: transaction)
        try transaction.audit("delete", kind: "applicationKey", id: mapping.id, before: mapping.auditForm)
    }
}

extension Application {
    /// The form of the tokens that the application's clients get.
    var accessTokenType: AccessTokenType { tokenType == "OAUTH" ? .opaque : .jwt }
}
