import Documents
import Model
import Storage

/// The keys of an application: OAuth2 clients at key managers, one for each key type.
public struct ApplicationKeys: Sendable {
    let changes: ChangeStore
    let random: RandomSource
    let clients: any ApplicationClients
    let users: any ApplicationOwners

    public init(
        changes: ChangeStore, random: RandomSource, clients: any ApplicationClients, users: any ApplicationOwners
    ) {
        self.changes = changes
        self.random = random
        self.clients = clients
        self.users = users
    }

    /// The keys of all types.
    public func list(application id: String, principal: Principal) async throws -> [ApplicationKey] {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try KeyMappingTable.all(application: application, in: connection).map { try key($0, in: connection) }
        }
    }

    /// Throws a 404 when the application has no such keys.
    public func find(
        _ reference: KeyReference, application id: String, principal: Principal
    ) async throws -> ApplicationKey {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try key(try reference.mapping(of: application, in: connection), in: connection)
        }
    }

    /// Makes a client and, where it may have one, its first token.
    public func generate(
        _ request: KeyRequest, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws -> ApplicationKey {
        let mappingID = random.uuid()
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            try checkSlot(request.keyType, keyManager: request.keyManager, application: application, in: transaction)
            try request.check()
            let draft = try clientDraft(request, application: application, in: transaction)
            let credentials = try clients.register(draft, in: transaction)
            let mapping = mapping(
                mappingID, credentials.client, request.keyType, application, mode: .created, at: context.milliseconds)
            try store(mapping, in: transaction)
            var key = ApplicationKey(mapping: mapping, credentials: credentials)
            if request.grantTypes.contains("client_credentials") {
                key.token = try clients.applicationToken(
                    for: credentials.client, scopes: request.scopes, validitySeconds: request.validitySeconds,
                    in: transaction)
            }
            return key
        }
    }

    /// Binds an existing client.
    public func map(
        consumerKey: String, secret: String, keyType: KeyType, keyManager: String, application id: String,
        principal: Principal, _ context: ChangeContext
    ) async throws -> ApplicationKey {
        let mappingID = random.uuid()
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            try checkSlot(keyType, keyManager: keyManager, application: application, in: transaction)
            if try KeyMappingTable.isTaken(
                consumerKey: consumerKey, keyManager: keyManager, tenant: application.tenant, in: transaction)
            {
                throw CatalogueError.keyMappingExists
            }
            let found = try clients.credentials(consumerKey: consumerKey, tenant: application.tenant, in: transaction)
            guard let found, SecretComparison.areEqual(found.secret, secret) else {
                throw CatalogueError.wrongConsumerSecret(consumerKey)
            }
            let mapping = mapping(mappingID, found.client, keyType, application, mode: .mapped, at: context.milliseconds)
            try store(mapping, in: transaction)
            return ApplicationKey(mapping: mapping, credentials: found)
        }
    }

    /// Replaces grant types, callback and attributes.
    public func update(
        _ reference: KeyReference, to request: KeyRequest, application id: String, principal: Principal,
        _ context: ChangeContext
    ) async throws -> ApplicationKey {
        try request.check()
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            var credentials = try credentials(of: mapping, in: transaction)
            let before = credentials.client.auditForm
            credentials.client.grantTypes = request.grantTypes
            credentials.client.callback = Callback.pattern(request.callback)
            credentials.client.attributes = request.attributes
            credentials.client.tokenType = .jwt
            try clients.update(credentials.client, in: transaction)
            try transaction.audit(
                "update", kind: "applicationKey", id: mapping.id, before: before, after: credentials.client.auditForm)
            return ApplicationKey(mapping: mapping, credentials: credentials)
        }
    }

    /// Ends the old secret and every token of the client.
    public func regenerateSecret(
        _ reference: KeyReference, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws -> OAuthClientCredentials {
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            var credentials = try credentials(of: mapping, in: transaction)
            credentials.secret = try clients.regenerateSecret(of: credentials.client, in: transaction)
            try transaction.audit("regenerateSecret", kind: "applicationKey", id: mapping.id)
            return credentials
        }
    }

    /// Forgets the keys; the client stays at the key manager. Nothing to forget is no error.
    public func cleanUp(
        _ reference: KeyReference, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws {
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            guard let mapping = try reference.found(of: application, in: transaction) else { return }
            try remove(mapping, in: transaction)
        }
    }

    /// Deletes the keys, and the client unless it existed before.
    public func delete(
        _ reference: KeyReference, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws {
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            try remove(mapping, in: transaction)
            if mapping.mode == .created { try clients.delete(mapping, in: transaction) }
        }
    }
}

extension ApplicationKeys {
    func credentials(
        of mapping: ApplicationKeyMapping, in connection: any SQLConnection
    ) throws -> OAuthClientCredentials {
        let found = try clients.credentials(consumerKey: mapping.consumerKey, tenant: mapping.tenant, in: connection)
        guard let found else { throw CatalogueError.keyMappingNotFound(mapping.id) }
        return found
    }

    private func key(_ mapping: ApplicationKeyMapping, in connection: any SQLConnection) throws -> ApplicationKey {
        ApplicationKey(
            mapping: mapping,
            credentials: try clients.credentials(
                consumerKey: mapping.consumerKey, tenant: mapping.tenant, in: connection))
    }

    private func checkSlot(
        _ keyType: KeyType, keyManager: String, application: Application, in connection: any SQLConnection
    ) throws {
        guard keyManager == GatewayKeyManager.residentName else {
            throw CatalogueError.keyManagerNotRegistered(keyManager)
        }
        let taken = try KeyMappingTable.find(
            keyType: keyType, keyManager: keyManager, application: application, in: connection)
        if taken != nil { throw CatalogueError.keyMappingExists }
    }

    private func clientDraft(
        _ request: KeyRequest, application: Application, in connection: any SQLConnection
    ) throws -> OAuthClientDraft {
        let owner = application.owner.map { $0 == "/" ? "_" : String($0) }.joined()
            .split(separator: "@", omittingEmptySubsequences: false).joined(separator: "-AT-")
        return OAuthClientDraft(
            name: "\(owner)_\(application.id)_\(request.keyType.rawValue)",
            ownerID: try users.userID(of: application.owner, tenant: application.tenant, in: connection),
            ownerName: application.owner, grantTypes: request.grantTypes, callback: Callback.pattern(request.callback),
            attributes: request.attributes)
    }

    private func mapping(
        _ id: String, _ client: OAuthClient, _ keyType: KeyType, _ application: Application,
        mode: ApplicationKeyMapping.Mode, at milliseconds: Int64
    ) -> ApplicationKeyMapping {
        ApplicationKeyMapping(
            id: id, applicationID: application.id, tenant: application.tenant,
            keyManager: GatewayKeyManager.residentName, keyType: keyType, consumerKey: client.consumerKey, mode: mode,
            createdMilliseconds: milliseconds)
    }

    private func store(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try KeyMappingTable.insert(mapping, in: transaction)
        try transaction.audit("create", kind: "applicationKey", id: mapping.id, after: mapping.auditForm)
    }

    private func remove(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try KeyMappingTable.remove(mapping, in: transaction)
        try transaction.audit("delete", kind: "applicationKey", id: mapping.id, before: mapping.auditForm)
    }
}

/// Looks up the users who own applications.
public protocol ApplicationOwners: Sendable {
    /// The id of the user `name`; throws when there is none.
    func userID(of name: String, tenant: Tenant, in connection: any SQLConnection) throws -> String
}

extension ApplicationKeyMapping {
    /// What audit rows say of a key mapping.
    fileprivate var auditForm: JSONValue {
        [
            "application": JSONValue(applicationID), "keyManager": JSONValue(keyManager),
            "keyType": JSONValue(keyType.rawValue), "consumerKey": JSONValue(consumerKey), "mode": JSONValue(mode.rawValue),
        ]
    }
}

extension OAuthClient {
    /// What audit rows say of a client.
    fileprivate var auditForm: JSONValue {
        [
            "consumerKey": JSONValue(consumerKey), "grantTypes": JSONValue(grantTypes), "callback": JSONValue(callback),
            "properties": ClientProperties.json(attributes),
        ]
    }
}
