import Crypto
import Model
import Storage
import Synchronization
import Tokens

/// Decides whether an access token of the platform's own key manager is good: signature, time, and that it was neither revoked
/// nor made elsewhere.
///
/// The signature of a token is checked once; whether it is still active is read from the database each time, so that a
/// revocation on any node counts at once.
struct AccessTokenChecker: Sendable {
    let keyring: SigningKeyring
    let issuer: TokenIssuer
    let settings: IdentitySettings
    private let verified = VerifiedTokens()

    init(keyring: SigningKeyring, issuer: TokenIssuer, settings: IdentitySettings) {
        self.keyring = keyring
        self.issuer = issuer
        self.settings = settings
    }

    /// Digests of tokens whose signature was right.
    private final class VerifiedTokens: Sendable {
        let digests = Mutex<Set<[UInt8]>>([])
        static let maximum = 20_000
    }

    /// An accepted token.
    struct Accepted: Sendable {
        var record: TokenRecord
        var client: OAuthClient
        var isJWT: Bool
    }

    /// Why a token is refused.
    enum Refusal: Error, Hashable {
        case invalid, expired
    }

    func check(_ token: String, nowMilliseconds: Int64, _ connection: any SQLConnection) throws -> Accepted {
        let tokenID = issuer.tokenID(token)
        guard let record = try TokenTable.find(tokenID: tokenID, in: connection),
            let client = try OAuthClientTable.find(consumerKey: record.consumerKey, in: connection)?.client,
            let tenant = try TenantTable.find(id: client.tenant.id, in: connection), tenant.isActive
        else { throw Refusal.invalid }
        let isJWT = record.sealedToken == nil
        if isJWT { try checkSignature(token, client.tenant, connection) }
        guard record.isActive else { throw Refusal.invalid }
        guard record.expiresMilliseconds > nowMilliseconds else { throw Refusal.expired }
        return Accepted(record: record, client: client, isJWT: isJWT)
    }

    private func checkSignature(_ token: String, _ tenant: Tenant, _ connection: any SQLConnection) throws {
        let digest = Array(SHA256.hash(data: Array(token.utf8)))
        if verified.digests.withLock({ $0.contains(digest) }) { return }
        let entry = try keyring.entry(of: tenant, in: connection)
        guard let jwt = try? entry.verifier.verify(token), jwt.issuer == settings.issuer(of: tenant),
            jwt.header["typ"]?.string == "at+jwt"
        else { throw Refusal.invalid }
        verified.digests.withLock { digests in
            if digests.count >= VerifiedTokens.maximum { digests.removeAll() }
            digests.insert(digest)
        }
    }
}
