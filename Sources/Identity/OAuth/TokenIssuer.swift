import Crypto
import Documents
import Model
import Storage
import Tokens

/// Makes access tokens and keeps the record of them.
public struct TokenIssuer: Sendable {
    private let keyring: SigningKeyring
    private let vault: Vault
    private let settings: IdentitySettings
    private let policy: ScopePolicy
    private let random: RandomSource

    public init(keyring: SigningKeyring, vault: Vault, settings: IdentitySettings, random: RandomSource = .system) {
        self.keyring = keyring
        self.vault = vault
        self.settings = settings
        self.random = random
        policy = ScopePolicy(settings: settings)
    }

    /// A token that the client gets for itself (`client_credentials`), with the roles of its owner.
    ///
    /// `validitySeconds` overrides the client's and the server's lifetime; negative never expires. The client's previous token
    /// with the same scopes ends.
    public func issueApplicationToken(
        _ client: OAuthClient, scopes: [String], validitySeconds: Int? = nil, in change: ChangeTransaction
    ) throws -> IssuedToken {
        let roles = try RoleTable.names(of: client.ownerID, tenant: client.tenant.id, in: change)
        let asker = ScopePolicy.Asker(
            tenant: client.tenant, roles: roles, client: client, grantType: "client_credentials")
        let grant = TokenGrant(
            client: client, userID: client.ownerID, userTenant: client.tenant, username: client.ownerName, isOfUser: false,
            grantType: "client_credentials", scopes: try policy.grant(scopes, to: asker, change),
            lifetimeSeconds: validitySeconds ?? client.attributes.applicationTokenSeconds ?? settings.applicationTokenSeconds,
            hasRefreshToken: false)
        return try issue(grant, in: change)
    }

    /// Makes or, for opaque tokens, finds the token of a grant.
    func issue(_ grant: TokenGrant, in change: ChangeTransaction) throws -> IssuedToken {
        let now = change.context.milliseconds
        let expires = now + Int64(Self.seconds(grant.lifetimeSeconds)) * 1000
        var record = grant.record(issued: now, expires: expires)
        let refresh = grant.hasRefreshToken ? Base64URL.encode(random.bytes(32)) : nil
        record.refreshHash = refresh.map { vault.hash($0, context: Self.refreshContext) }
        record.refreshExpiresMilliseconds = refresh.map { _ in now + refreshMilliseconds(grant.client) }
        record.isRefreshActive = refresh != nil
        let previous = try TokenTable.active(like: record, in: change)
        if grant.client.tokenType == .opaque,
            let same = previous.first(where: { $0.expiresMilliseconds > now && $0.sealedToken != nil })
        {
            return try again(same, refresh, record, grant, in: change)
        }
        for token in previous { try TokenRevocation.revoke(token, in: change) }
        let token = try makeToken(grant, &record, in: change)
        try TokenTable.insert(record, in: change)
        return try issued(token, record, refresh, grant, in: change)
    }

    /// Hands out a valid opaque token once more, with a new refresh token.
    private func again(
        _ same: TokenRecord, _ refresh: String?, _ fresh: TokenRecord, _ grant: TokenGrant, in change: ChangeTransaction
    ) throws -> IssuedToken {
        try TokenTable.setRefresh(
            fresh.refreshHash, expires: fresh.refreshExpiresMilliseconds, of: same.tokenID, in: change)
        let token = try vault.open(same.sealedToken ?? "", context: Self.sealContext(same.tokenID))
        return try issued(token, same, refresh, grant, in: change)
    }

    private func makeToken(_ grant: TokenGrant, _ record: inout TokenRecord, in change: ChangeTransaction) throws -> String {
        switch grant.client.tokenType {
        case .jwt:
            record.tokenID = random.uuid()
            let signer = try keyring.entry(of: grant.client.tenant, in: change).signer
            return try signer.sign(claims: claims(grant, record))
        case .opaque:
            let token = random.uuid()
            record.tokenID = vault.hash(token, context: Self.accessContext)
            record.sealedToken = try vault.seal(token, context: Self.sealContext(record.tokenID))
            return token
        }
    }

    private func claims(_ grant: TokenGrant, _ record: TokenRecord) -> JSONValue {
        let key = JSONValue(grant.client.consumerKey)
        let issued = JSONValue(record.issuedMilliseconds / 1000)
        return [
            "sub": .string(grant.subject ?? record.userID), "aut": .string(grant.isOfUser ? "APPLICATION_USER" : "APPLICATION"),
            "iss": .string(settings.issuer(of: grant.client.tenant)), "aud": key, "nbf": issued, "client_id": key,
            "azp": key, "scope": .string(grant.scopes.joined(separator: " ")),
            "exp": JSONValue(record.expiresMilliseconds / 1000), "iat": issued, "jti": .string(record.tokenID),
        ]
    }

    private func issued(
        _ token: String, _ record: TokenRecord, _ refresh: String?, _ grant: TokenGrant, in change: ChangeTransaction
    ) throws -> IssuedToken {
        let idToken = grant.isOfUser && grant.scopes.contains("openid") ? try idToken(token, grant, in: change) : nil
        return IssuedToken(
            accessToken: token, refreshToken: refresh, idToken: idToken, scopes: grant.scopes,
            expiresIn: Int((record.expiresMilliseconds - change.context.milliseconds) / 1000), tokenID: record.tokenID)
    }

    /// OpenID Connect Core §2; `at_hash` as in §3.1.3.6.
    private func idToken(_ accessToken: String, _ grant: TokenGrant, in change: ChangeTransaction) throws -> String {
        let now = change.context.milliseconds / 1000
        let lifetime = Self.seconds(grant.client.attributes.idTokenSeconds ?? settings.idTokenSeconds)
        let key = JSONValue(grant.client.consumerKey)
        let hash = Array(SHA256.hash(data: Array(accessToken.utf8))).prefix(16)
        let claims: JSONValue = [
            "iss": .string(settings.issuer(of: grant.client.tenant)), "sub": .string(grant.subject ?? grant.userID),
            "aud": [key], "azp": key,
            "exp": JSONValue(now + Int64(lifetime)), "iat": JSONValue(now), "nbf": JSONValue(now),
            "auth_time": JSONValue(now), "amr": [.string(grant.grantType)], "at_hash": .string(Base64URL.encode(hash)),
            "jti": .string(random.uuid()),
        ]
        return try keyring.entry(of: grant.client.tenant, in: change).signer.sign(claims: claims, type: "JWT")
    }

    /// The hash under which a refresh token is stored.
    func refreshHash(_ refreshToken: String) -> String { vault.hash(refreshToken, context: Self.refreshContext) }

    /// The id of a token as a client shows it: `jti` of a JWT, keyed hash of anything else. Nothing is verified.
    func tokenID(_ token: String) -> String {
        (try? JWT(compact: token))?.tokenID ?? vault.hash(token, context: Self.accessContext)
    }

    private func refreshMilliseconds(_ client: OAuthClient) -> Int64 {
        Int64(Self.seconds(client.attributes.refreshTokenSeconds ?? settings.refreshTokenSeconds)) * 1000
    }

    private static func seconds(_ configured: Int) -> Int {
        configured < 0 ? IssuedToken.neverExpires : min(configured, IssuedToken.neverExpires)
    }

    private static let refreshContext = "refresh-token"
    private static let accessContext = "access-token"
    private static func sealContext(_ tokenID: String) -> String { "oauth-token:\(tokenID)" }
}

/// What a token is made of, after everything has been checked.
struct TokenGrant {
    var client: OAuthClient
    var userID: String
    var userTenant: Tenant
    /// Name without tenant.
    var username: String
    var isOfUser: Bool
    var grantType: String
    var scopes: [String]
    /// Negative never expires.
    var lifetimeSeconds: Int
    var hasRefreshToken: Bool
    /// The `sub` claim, if it is not the user's id.
    var subject: String?

    func record(issued: Int64, expires: Int64) -> TokenRecord {
        TokenRecord(
            tokenID: "", tenantID: client.tenant.id, consumerKey: client.consumerKey, userID: userID,
            userTenantID: userTenant.id, authorizedUser: "\(username)@\(userTenant.domain)", isOfUser: isOfUser,
            grantType: grantType, scopes: scopes, issuedMilliseconds: issued, expiresMilliseconds: expires,
            sealedToken: nil, isActive: true, refreshHash: nil, refreshExpiresMilliseconds: nil, isRefreshActive: false)
    }
}
