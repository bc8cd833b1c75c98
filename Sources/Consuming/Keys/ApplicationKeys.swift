import Documents
import Identity
import Model
import Storage

/// The keys of an application: OAuth2 clients at key managers, one for each key type.
public struct ApplicationKeys: Sendable {
    let changes: ChangeStore
    let random: RandomSource
    let clients: any ApplicationClients
    let users: any ApplicationOwners
    let external: ExternalKeyManagers

    public init(
        changes: ChangeStore, random: RandomSource, clients: any ApplicationClients, users: any ApplicationOwners,
        external: ExternalKeyManagers
    ) {
        self.changes = changes
        self.random = random
        self.clients = clients
        self.users = users
        self.external = external
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
        let (application, manager) = try await choose(request.keyManager, request.keyType, id, principal)
        guard manager.isResident else { return try await generate(request, at: manager, application: application, context) }
        let mappingID = random.uuid()
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            try checkSlot(request.keyType, keyManager: manager.name, application: application, in: transaction)
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
        let (application, manager) = try await choose(keyManager, keyType, id, principal)
        guard manager.isResident else {
            return try await map(
                consumerKey: consumerKey, secret: secret, keyType: keyType, at: manager, application: application, context)
        }
        let mappingID = random.uuid()
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            try checkSlot(keyType, keyManager: manager.name, application: application, in: transaction)
            if try KeyMappingTable.isTaken(
                consumerKey: consumerKey, keyManager: manager.name, tenant: application.tenant, in: transaction)
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
        let (application, mapping) = try await existing(reference, id, principal)
        guard mapping.isResident else { return try await update(mapping, to: request, application: application, context) }
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            var credentials = try credentials(of: mapping, in: transaction)
            let before = credentials.client.auditForm
            credentials.client.grantTypes = request.grantTypes
            credentials.client.callback = Callback.pattern(request.callback)
            credentials.client.attributes = request.attributes
            credentials.client.tokenType = application.accessTokenType
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
            guard mapping.isResident else { throw CatalogueError.keyManagerCannot("make new secrets") }
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
        let (_, mapping) = try await existing(reference, id, principal)
        guard mapping.isResident else { return try await delete(mapping, context) }
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let mapping = try reference.mapping(of: application, in: transaction)
            try remove(mapping, in: transaction)
            if mapping.mode == .created { try clients.delete(mapping, in: transaction) }
        }
    }
}

/// Looks up the users who own applications.
public protocol ApplicationOwners: Sendable {
    /// The id of the user `name`; throws when there is none.
    func userID(of name: String, tenant: Tenant, in connection: any SQLConnection) throws -> String
}

extension ApplicationKeyMapping {
    var isResident: Bool { keyManager == GatewayKeyManager.residentName }

    /// What audit rows say of a key mapping.
    var auditForm: JSONValue {
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
