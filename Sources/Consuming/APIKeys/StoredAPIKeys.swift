import Documents
import Model
import Storage
import Tokens

/// Opaque API keys: made for an application or for one API, stored as keyed hashes, shown once.
public struct StoredAPIKeys: Sendable {
    let changes: ChangeStore
    let random: RandomSource
    /// The secret under which keys are hashed, here and at the gateways.
    private let secret: String

    public init(changes: ChangeStore, random: RandomSource, vault: Vault) {
        self.changes = changes
        self.random = random
        // Stays the same when the vault's key is rotated, and is the same on all nodes.
        secret = vault.hash("secret", context: "api-key-hashing")
    }

    // MARK: Keys of an application

    /// Makes a key that opens every API to which the application is subscribed.
    public func generate(
        _ draft: APIKeyDraft, application id: String, principal: Principal, _ context: ChangeContext
    ) async throws -> FreshAPIKey {
        try draft.check()
        let (keyID, text) = (random.uuid(), OpaqueAPIKey.generate(random))
        return try await changes.change(context) { transaction in
            let application = try ApplicationAccess.approvedApplication(
                id, of: principal, otherwise: .applicationIsInactive, in: transaction)
            let key = stored(draft, keyID, principal, api: nil, application: application.id, context)
            return try add(key, text, in: transaction)
        }
    }

    /// The keys of an application that open all its APIs.
    public func list(application id: String, keyType: KeyType, principal: Principal) async throws -> [NamedAPIKey] {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try StoredAPIKeyTable.ofApplication(application, keyType, bound: false, in: connection)
        }
    }

    /// The keys for single APIs that stand for an application.
    public func associations(application id: String, keyType: KeyType, principal: Principal) async throws -> [NamedAPIKey] {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try StoredAPIKeyTable.ofApplication(application, keyType, bound: true, in: connection)
        }
    }

    /// The user's keys for single APIs that could stand for an application: it is subscribed to the API, and they stand for none yet.
    public func candidates(application id: String, keyType: KeyType, principal: Principal) async throws -> [NamedAPIKey] {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try StoredAPIKeyTable.ofSubscribedAPIs(
                application, keyType, owner: principal.username, in: connection)
        }
    }

    // MARK: Keys of an API

    /// Makes a key that opens one API, once it stands for an application that is subscribed to it.
    public func generate(
        _ draft: APIKeyDraft, api id: String, principal: Principal, _ context: ChangeContext
    ) async throws -> FreshAPIKey {
        try draft.check()
        let (keyID, text) = (random.uuid(), OpaqueAPIKey.generate(random))
        return try await changes.change(context) { transaction in
            let api = try PublishedAPIs.visible(id, tenant: principal.tenant, viewer: principal, in: transaction)
            guard api.securitySchemes.contains("api_key") else {
                throw CatalogueError.badRequest("The API does not take API keys")
            }
            return try add(stored(draft, keyID, principal, api: api.id, application: nil, context), text, in: transaction)
        }
    }

    /// The keys that the user made for an API.
    public func list(api id: String, principal: Principal) async throws -> [NamedAPIKey] {
        try await changes.read { connection in
            let api = try PublishedAPIs.visible(id, tenant: principal.tenant, viewer: principal, in: connection)
            return try StoredAPIKeyTable.ofAPI(
                api.id, owner: principal.username, tenant: principal.tenant, in: connection)
        }
    }

    /// Has a key stand for an application of the same user. Throws a 403 if the application is not subscribed to the key's API.
    public func associate(
        _ reference: APIKeyReference, with applicationID: String, principal: Principal, _ context: ChangeContext
    ) async throws -> NamedAPIKey {
        try await changes.change(context) { transaction in
            var key = try reference.found(of: principal, in: transaction)
            let application = try ApplicationAccess.approvedApplication(
                applicationID, of: principal, otherwise: .applicationIsInactive, in: transaction)
            guard let apiID = key.apiID else { throw CatalogueError.badRequest("The key is not for a single API") }
            guard key.applicationID == nil || key.applicationID == applicationID else {
                throw CatalogueError.conflict("The key stands for another application")
            }
            let api = try PublishedAPIs.visible(apiID, tenant: principal.tenant, viewer: principal, in: transaction)
            let isSubscribed = try SubscriptionTable.find(application: application, apiID: apiID, in: transaction) != nil
            guard isSubscribed || !api.isSubscribable else {
                throw CatalogueError.forbidden("The application is not subscribed to the API")
            }
            try StoredAPIKeyTable.setApplication(applicationID, of: key, in: transaction)
            key.applicationID = applicationID
            try transaction.audit("associate", kind: "apiKey", id: key.id, after: ["application": JSONValue(applicationID)])
            return NamedAPIKey(key: key, apiName: api.name, applicationName: application.name)
        }
    }

    /// Has a key for a single API stand for no application any more.
    public func dissociate(
        _ reference: APIKeyReference, principal: Principal, _ context: ChangeContext
    ) async throws {
        try await changes.change(context) { transaction in
            let key = try reference.found(of: principal, in: transaction)
            guard key.apiID != nil else { throw CatalogueError.badRequest("The key is not for a single API") }
            try StoredAPIKeyTable.setApplication(nil, of: key, in: transaction)
            try transaction.audit("dissociate", kind: "apiKey", id: key.id)
        }
    }

    // MARK: Keys of both kinds

    /// Puts a new secret in the place of the old one, which is worth nothing when this returns. The time of validity begins anew.
    public func regenerate(
        _ reference: APIKeyReference, principal: Principal, _ context: ChangeContext
    ) async throws -> FreshAPIKey {
        let text = OpaqueAPIKey.generate(random)
        return try await changes.change(context) { transaction in
            var key = try reference.found(of: principal, in: transaction)
            key.issuedMilliseconds = context.milliseconds
            key.lastUsedMilliseconds = nil
            try StoredAPIKeyTable.renew(key, hash: hashing.hash(text.utf8), in: transaction)
            try transaction.audit("regenerate", kind: "apiKey", id: key.id)
            return FreshAPIKey(text: text, stored: key)
        }
    }

    public func revoke(_ reference: APIKeyReference, principal: Principal, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            try remove(try reference.found(of: principal, in: transaction), in: transaction)
        }
    }

    private func remove(_ key: StoredAPIKey, in transaction: ChangeTransaction) throws {
        try StoredAPIKeyTable.delete(key, in: transaction)
        try transaction.audit("revoke", kind: "apiKey", id: key.id, before: key.auditForm)
    }

    // MARK: For administrators and gateways

    /// All keys of a tenant.
    public func all(_ tenant: Tenant) async throws -> [NamedAPIKey] {
        try await changes.read { try StoredAPIKeyTable.all(tenant, in: $0) }
    }

    /// Revokes a key of the change's tenant, whoever made it.
    public func revoke(id: String, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            guard let key = try StoredAPIKeyTable.find(id: id, tenant: context.tenant, in: transaction) else {
                throw CatalogueError.notFound("API key", id: id)
            }
            try remove(key, in: transaction)
        }
    }

    /// Notes that gateways have seen keys; those of other tenants than these are left alone.
    public func noteUse(of ids: [String], ofTenants tenants: Set<Int>? = nil, at milliseconds: Int64) async throws {
        try await changes.store.write { try StoredAPIKeyTable.noteUse(ids, ofTenants: tenants, at: milliseconds, in: $0) }
    }

    // MARK: Parts

    private var hashing: APIKeyHashing { APIKeyHashing(secret: secret) }

    private func stored(
        _ draft: APIKeyDraft, _ id: String, _ principal: Principal, api: String?, application: String?, _ context: ChangeContext
    ) -> StoredAPIKey {
        StoredAPIKey(
            id: id, tenant: principal.tenant, name: draft.name, keyType: draft.keyType, owner: principal.username, apiID: api,
            applicationID: application, restrictions: draft.restrictions,
            validitySeconds: draft.validitySeconds > 0 ? draft.validitySeconds : nil,
            issuedMilliseconds: context.milliseconds, lastUsedMilliseconds: nil)
    }

    private func add(_ key: StoredAPIKey, _ text: String, in transaction: ChangeTransaction) throws -> FreshAPIKey {
        guard try !StoredAPIKeyTable.isTaken(key, in: transaction) else {
            throw CatalogueError.alreadyExists("There is already an API key '\(key.name)'")
        }
        try publishHashing(in: transaction)
        try StoredAPIKeyTable.insert(key, hash: hashing.hash(text.utf8), in: transaction)
        try transaction.audit("create", kind: "apiKey", id: key.id, after: key.auditForm)
        return FreshAPIKey(text: text, stored: key)
    }

    /// Gateways need the secret before the first key.
    private func publishHashing(in transaction: ChangeTransaction) throws {
        let known = try transaction.first(
            "SELECT entity_key FROM gateway_entity WHERE kind = ? AND entity_key = ?",
            [.text(GatewayEntity.Kind.apiKeyHashing.rawValue), .text(GatewayAPIKeyHashing.key)])
        guard known == nil else { return }
        transaction.publish(.put(.apiKeyHashing(GatewayAPIKeyHashing(secret: GatewaySecret(secret)))))
    }
}

extension StoredAPIKey {
    /// What audit rows say: never the key.
    fileprivate var auditForm: JSONValue {
        [
            "name": JSONValue(name), "keyType": JSONValue(keyType.rawValue), "owner": JSONValue(owner),
            "api": apiID.map { JSONValue($0) } ?? .null, "application": applicationID.map { JSONValue($0) } ?? .null,
        ]
    }
}
