import Model
import Storage

/// What application keys need of the resident key manager: the OAuth2 clients behind them and tokens for these.
public protocol ApplicationClients: Sendable {
    /// Registers a client; the answer shows its secret.
    func register(_ draft: OAuthClientDraft, in transaction: ChangeTransaction) throws -> OAuthClientCredentials

    /// The client of `tenant` with its secret, or `nil`.
    func credentials(
        consumerKey: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> OAuthClientCredentials?

    /// Stores changed grant types, callback and attributes.
    func update(_ client: OAuthClient, in transaction: ChangeTransaction) throws

    /// Makes a new secret; the old one and all tokens of the client end with it.
    func regenerateSecret(of client: OAuthClient, in transaction: ChangeTransaction) throws -> String

    /// Deletes the client of `mapping` and ends its tokens; does nothing if it is gone.
    func delete(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws

    /// A token that the client gets for itself (`client_credentials`).
    /// - Parameter validitySeconds: `nil` takes the client's own, negative never expires.
    func applicationToken(
        for client: OAuthClient, scopes: [String], validitySeconds: Int?, in transaction: ChangeTransaction
    ) throws -> IssuedToken
}

/// What API keys need: to be signed, and to be recognised when their owner revokes them.
public protocol APIKeySigner: Sendable {
    func sign(
        _ claims: APIKeyClaims, tenant: Tenant, at milliseconds: Int64, in connection: any SQLConnection
    ) throws -> SignedKey

    /// What a key of `tenant` says; `nil` when it is no such key, has expired, or its signature is wrong.
    func verify(
        _ token: String, tenant: Tenant, at milliseconds: Int64, in connection: any SQLConnection
    ) throws -> VerifiedAPIKey?
}

/// What revoking an API key needs to know of it.
public struct VerifiedAPIKey: Sendable, Hashable {
    /// The `jti` claim.
    public var tokenID: String
    /// UUID of the application that the key stands for.
    public var applicationID: String
    /// Milliseconds since 1970; `nil` never expires.
    public var expiresMilliseconds: Int64?

    public init(tokenID: String, applicationID: String, expiresMilliseconds: Int64?) {
        self.tokenID = tokenID
        self.applicationID = applicationID
        self.expiresMilliseconds = expiresMilliseconds
    }
}
