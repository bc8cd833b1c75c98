import Documents
import Identity
import Model
import Storage

// Keys at key managers of others. Their servers are called outside of transactions, so each change looks again at what it relied on.
extension ApplicationKeys {
    /// Makes a client at a key manager of somebody else and, where it may have one, its first token.
    func generate(
        _ request: KeyRequest, at manager: KeyManager, application: Application, _ context: ChangeContext
    ) async throws -> ApplicationKey {
        guard manager.tokenType != .exchanged else { throw CatalogueError.keyManagerCannot("give out keys") }
        guard manager.abilities.createsClients else { throw CatalogueError.keyManagerCannot("create clients") }
        try request.check()
        let draft = externalDraft(request, application)
        let client = try await external.registrar.register(draft, at: manager)
        let mappingID = random.uuid()
        var key: ApplicationKey
        do {
            key = try await changes.change(context) { transaction in
                try checkSlot(request.keyType, keyManager: manager.name, application: application, in: transaction)
                return try store(client, mappingID, request.keyType, manager, application, .created, in: transaction)
            }
        } catch {
            await external.discard(client, at: manager)
            throw error
        }
        guard manager.abilities.generatesTokens, client.grantTypes.contains("client_credentials") else { return key }
        // The keys are good even if there is no token yet: it can be asked for again.
        key.token = try? await external.tokens.applicationToken(of: client, scopes: request.scopes, at: manager)
        return key
    }

    /// Binds a client that exists at a key manager of somebody else.
    func map(
        consumerKey: String, secret: String, keyType: KeyType, at manager: KeyManager, application: Application,
        _ context: ChangeContext
    ) async throws -> ApplicationKey {
        guard !consumerKey.isEmpty else { throw CatalogueError.clientIDIsMissing }
        guard manager.abilities.mapsClients else { throw CatalogueError.keyManagerCannot("take existing clients") }
        let canAsk =
            manager[.token] != nil && KeyManagerType.named(manager.type)?.registration != KeyManagerType.Registration.none
        if canAsk, try await !external.tokens.knows(id: consumerKey, secret: secret, at: manager) {
            throw CatalogueError.wrongConsumerSecret(consumerKey)
        }
        let client = ExternalClient(id: consumerKey, secret: secret, grantTypes: manager.grantTypes)
        let mappingID = random.uuid()
        return try await changes.change(context) { transaction in
            try checkSlot(keyType, keyManager: manager.name, application: application, in: transaction)
            return try store(client, mappingID, keyType, manager, application, .mapped, in: transaction)
        }
    }

    func update(
        _ mapping: ApplicationKeyMapping, to request: KeyRequest, application: Application, _ context: ChangeContext
    ) async throws -> ApplicationKey {
        let (manager, client) = try await externalClient(of: mapping)
        let updated = try await external.registrar.update(client, to: externalDraft(request, application), at: manager)
        return try await changes.change(context) { transaction in
            try external.table.put(updated, for: mapping, in: transaction)
            try transaction.audit("update", kind: "applicationKey", id: mapping.id)
            return ApplicationKey(mapping: mapping, external: updated)
        }
    }

    /// Deletes keys of a key manager of somebody else, and the client there unless it existed before.
    func delete(_ mapping: ApplicationKeyMapping, _ context: ChangeContext) async throws {
        let known = try? await externalClient(of: mapping)
        try await changes.change(context) { try remove(mapping, in: $0) }
        if let (manager, client) = known, mapping.mode == .created { await external.discard(client, at: manager) }
    }

    func externalToken(_ request: ApplicationTokenRequest, _ mapping: ApplicationKeyMapping) async throws -> IssuedToken {
        let (manager, client) = try await externalClient(of: mapping)
        guard manager.abilities.generatesTokens else { throw CatalogueError.keyManagerCannot("generate tokens") }
        if let secret = request.consumerSecret, !secret.isEmpty, !SecretComparison.areEqual(secret, client.secret) {
            throw CatalogueError.invalidTokenRequest("The consumer secret is wrong")
        }
        return try await external.tokens.applicationToken(of: client, scopes: request.scopes, at: manager)
    }

    // MARK: Parts

    private func externalClient(of mapping: ApplicationKeyMapping) async throws -> (KeyManager, ExternalClient) {
        try await changes.read { connection in
            guard let manager = try external.offered.find(mapping.keyManager, tenant: mapping.tenant, in: connection) else {
                throw CatalogueError.keyManagerNotRegistered(mapping.keyManager)
            }
            guard let client = try external.table.find(mapping, in: connection) else {
                throw CatalogueError.keyMappingNotFound(mapping.id)
            }
            return (manager, client)
        }
    }

    private func store(
        _ client: ExternalClient, _ mappingID: String, _ keyType: KeyType, _ manager: KeyManager, _ application: Application,
        _ mode: ApplicationKeyMapping.Mode, in transaction: ChangeTransaction
    ) throws -> ApplicationKey {
        if try KeyMappingTable.isTaken(
            consumerKey: client.id, keyManager: manager.name, tenant: application.tenant, in: transaction)
        {
            throw CatalogueError.keyMappingExists
        }
        let mapping = ApplicationKeyMapping(
            id: mappingID, applicationID: application.id, tenant: application.tenant, keyManager: manager.name,
            keyType: keyType, consumerKey: client.id, mode: mode,
            createdMilliseconds: transaction.context.milliseconds)
        try store(mapping, in: transaction)
        try external.table.put(client, for: mapping, in: transaction)
        return ApplicationKey(mapping: mapping, external: client)
    }

    private func externalDraft(_ request: KeyRequest, _ application: Application) -> ExternalClientDraft {
        ExternalClientDraft(
            name: clientName(request.keyType, application), owner: application.owner, grantTypes: request.grantTypes,
            redirectURIs: request.callback.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty },
            properties: request.properties)
    }
}
