import Documents
import Model
import Storage
import Tokens

/// Registers OAuth2 clients. Everything happens within a transaction of the caller, so that an application's keys and its
/// client change together.
public struct OAuthClientRegistry: Sendable {
    private let vault: Vault
    private let random: RandomSource

    public init(vault: Vault, random: RandomSource = .system) {
        self.vault = vault
        self.random = random
    }

    /// Registers a client in the tenant of the change. Throws a 409 when its name or a dictated client id is taken.
    public func register(_ draft: OAuthClientDraft, in change: ChangeTransaction) throws -> OAuthClientCredentials {
        let tenant = change.context.tenant
        let client = OAuthClient(
            consumerKey: draft.consumerKey ?? randomText(20), tenant: tenant, name: draft.name, ownerID: draft.ownerID,
            ownerName: draft.ownerName, grantTypes: draft.grantTypes, callback: draft.callback,
            tokenType: draft.tokenType, servesAllTenants: draft.servesAllTenants, attributes: draft.attributes)
        guard try OAuthClientTable.find(name: client.name, tenant: tenant.id, in: change) == nil,
            try OAuthClientTable.find(consumerKey: client.consumerKey, in: change) == nil
        else { throw CatalogueError.oauthClientExists }
        let secret = draft.secret ?? randomText(32)
        try OAuthClientTable.insert(
            client, uuid: random.uuid(), sealedSecret: try seal(secret, of: client), at: change.context.milliseconds, in: change
        )
        try change.audit("create", kind: "oauth-client", id: client.consumerKey, after: client.auditForm)
        return OAuthClientCredentials(client: client, secret: secret)
    }

    /// Stores grants, callback, name, owner, token type and attributes; client id, tenant and secret stay.
    public func update(_ client: OAuthClient, in change: ChangeTransaction) throws {
        guard let current = try find(client.consumerKey, in: client.tenant, change) else {
            throw CatalogueError.notFound("OAuth client", id: client.consumerKey)
        }
        try OAuthClientTable.update(client, in: change)
        try change.audit(
            "update", kind: "oauth-client", id: client.consumerKey, before: current.auditForm, after: client.auditForm)
    }

    /// Makes a new secret; the old one and all tokens of the client end at once.
    public func regenerateSecret(of client: OAuthClient, in change: ChangeTransaction) throws -> String {
        let secret = randomText(32)
        try OAuthClientTable.setSecret(try seal(secret, of: client), of: client, in: change)
        try TokenRevocation.revokeAll(consumerKey: client.consumerKey, in: change)
        try change.audit("regenerate-secret", kind: "oauth-client", id: client.consumerKey)
        return secret
    }

    /// Removes the client and ends its tokens.
    public func delete(_ client: OAuthClient, in change: ChangeTransaction) throws {
        try TokenRevocation.revokeAll(consumerKey: client.consumerKey, in: change)
        try OAuthClientTable.delete(client, in: change)
        try change.audit("delete", kind: "oauth-client", id: client.consumerKey, before: client.auditForm)
    }

    /// The client of a tenant, or `nil`.
    public func find(_ consumerKey: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> OAuthClient? {
        let row = try OAuthClientTable.find(consumerKey: consumerKey, in: connection)
        return row?.client.tenant == tenant ? row?.client : nil
    }

    /// The client of a tenant by name, with its secret.
    func find(name: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> OAuthClientCredentials? {
        try OAuthClientTable.find(name: name, tenant: tenant.id, in: connection).map(credentials)
    }

    /// The client of any tenant, for the token endpoint, with its secret.
    func credentials(_ consumerKey: String, _ connection: any SQLConnection) throws -> OAuthClientCredentials? {
        try OAuthClientTable.find(consumerKey: consumerKey, in: connection).map(credentials)
    }

    /// The client's secret in the clear, for the answers that show it to the owner.
    public func secret(of client: OAuthClient, _ connection: any SQLConnection) throws -> String? {
        try OAuthClientTable.find(consumerKey: client.consumerKey, in: connection).map { try credentials($0).secret }
    }

    /// Whether `secret` is the client's, compared in constant time.
    public func accepts(_ secret: String, of client: OAuthClient, _ connection: any SQLConnection) throws -> Bool {
        guard let stored = try self.secret(of: client, connection) else { return false }
        return isEqualInConstantTime(Array(stored.utf8), Array(secret.utf8))
    }

    private func credentials(_ row: OAuthClientTable.Row) throws -> OAuthClientCredentials {
        let secret = try vault.open(row.sealedSecret, context: Self.context(row.client.consumerKey))
        return OAuthClientCredentials(client: row.client, secret: secret)
    }

    private func seal(_ secret: String, of client: OAuthClient) throws -> String {
        try vault.seal(secret, context: Self.context(client.consumerKey))
    }

    private static func context(_ consumerKey: String) -> String { "oauth-client:\(consumerKey)" }

    /// Letters, digits and `_`, as existing clients expect of client ids (`[a-zA-Z0-9_]{15,30}`).
    private func randomText(_ bytes: Int) -> String {
        Base64URL.encode(random.bytes(bytes)).map { $0 == "-" ? "a" : String($0) }.joined()
    }
}

extension OAuthClient {
    /// The client without secret, for audit rows.
    var auditForm: JSONValue {
        [
            "name": .string(name), "owner": .string(ownerName), "grantTypes": JSONValue(grantTypes),
            "callback": .string(callback), "tokenType": .string(tokenType.rawValue), "attributes": attributes.json,
        ]
    }
}
