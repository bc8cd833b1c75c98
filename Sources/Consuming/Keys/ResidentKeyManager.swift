import Documents
import Identity
import Model
import Storage

/// The platform's own OAuth2 server as key manager of applications.
public struct ResidentKeyManager: ApplicationClients, APIKeySigner, ApplicationOwners {
    private let registry: OAuthClientRegistry
    private let issuer: TokenIssuer
    private let apiKeys: APIKeyIssuer

    public init(registry: OAuthClientRegistry, issuer: TokenIssuer, apiKeys: APIKeyIssuer) {
        self.registry = registry
        self.issuer = issuer
        self.apiKeys = apiKeys
    }

    public func register(_ draft: OAuthClientDraft, in transaction: ChangeTransaction) throws -> OAuthClientCredentials {
        try registry.register(draft, in: transaction)
    }

    public func credentials(
        consumerKey: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> OAuthClientCredentials? {
        guard let client = try registry.find(consumerKey, in: tenant, connection),
            let secret = try registry.secret(of: client, connection)
        else { return nil }
        return OAuthClientCredentials(client: client, secret: secret)
    }

    public func update(_ client: OAuthClient, in transaction: ChangeTransaction) throws {
        try registry.update(client, in: transaction)
    }

    public func regenerateSecret(of client: OAuthClient, in transaction: ChangeTransaction) throws -> String {
        try registry.regenerateSecret(of: client, in: transaction)
    }

    public func delete(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        guard let client = try registry.find(mapping.consumerKey, in: mapping.tenant, transaction) else { return }
        try registry.delete(client, in: transaction)
    }

    public func applicationToken(
        for client: OAuthClient, scopes: [String], validitySeconds: Int?, in transaction: ChangeTransaction
    ) throws -> IssuedToken {
        try issuer.issueApplicationToken(client, scopes: scopes, validitySeconds: validitySeconds, in: transaction)
    }

    public func sign(
        _ claims: APIKeyClaims, tenant: Tenant, at milliseconds: Int64, in connection: any SQLConnection
    ) throws -> SignedKey {
        try apiKeys.sign(claims, tenant: tenant, nowMilliseconds: milliseconds, connection)
    }

    public func verify(
        _ token: String, tenant: Tenant, at milliseconds: Int64, in connection: any SQLConnection
    ) throws -> VerifiedAPIKey? {
        let verified = try apiKeys.verify(apiKey: token, tenant: tenant, nowMilliseconds: milliseconds, connection)
        guard let claims = verified?.claims, claims["token_type"]?.string == "apiKey",
            let tokenID = claims["jti"]?.string, let application = claims["application"]?["uuid"]?.string
        else { return nil }
        return VerifiedAPIKey(
            tokenID: tokenID, applicationID: application,
            expiresMilliseconds: claims["exp"]?.int.map { Int64($0) * 1000 })
    }

    public func userID(of name: String, tenant: Tenant, in connection: any SQLConnection) throws -> String {
        guard let user = try UserDirectory.user(named: name, in: tenant, connection) else {
            throw CatalogueError.notFound("User", id: name)
        }
        return user.id
    }
}
