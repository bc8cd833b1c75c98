import Model
import Storage

/// The token endpoint (RFC 6749 §3.2): checks a request in the documented order and issues a token.
public struct TokenEndpoint: Sendable {
    private let changes: ChangeStore
    private let authentication: ClientAuthentication
    private let issuer: TokenIssuer
    private let signIn: SignIn
    private let settings: IdentitySettings
    private let exchange: TokenExchangeGrant

    /// Grants that a client can use here.
    public static let grantTypes = ["password", "client_credentials", "refresh_token", TokenExchangeGrant.grantType]

    init(
        changes: ChangeStore, registry: OAuthClientRegistry, issuer: TokenIssuer, signIn: SignIn, settings: IdentitySettings,
        keyManagers: KeyManagers
    ) {
        exchange = TokenExchangeGrant(changes: changes, managers: keyManagers, issuer: issuer, settings: settings)
        self.changes = changes
        authentication = ClientAuthentication(registry: registry)
        self.issuer = issuer
        self.signIn = signIn
        self.settings = settings
    }

    /// Answers a request, or throws the ``OAuthError`` that says what is wrong with it.
    public func token(_ request: TokenRequest) async throws -> IssuedToken {
        try request.checkForm()
        guard let grantType = request["grant_type"] else { throw OAuthError.missingGrantType }
        let credential = try ClientAuthentication.credential(of: request)
        let client = try await changes.read { [authentication] connection in
            try authentication.client(credential, at: request.tenant, connection)
        }
        if grantType == "client_credentials", credential.secret == nil { throw OAuthError.unsupportedClientAuthentication }
        guard Self.grantTypes.contains(grantType) else { throw OAuthError.unsupportedGrantType(grantType) }
        guard client.grantTypes.contains(grantType) else { throw OAuthError.unauthorizedGrantType }
        switch grantType {
        case "password": return try await passwordGrant(request, client)
        case "client_credentials": return try await clientCredentialsGrant(request, client)
        case TokenExchangeGrant.grantType: return try await exchange.token(request, client)
        default: return try await refreshGrant(request, client)
        }
    }

    private func clientCredentialsGrant(_ request: TokenRequest, _ client: OAuthClient) async throws -> IssuedToken {
        let actor = "\(client.ownerName)@\(client.tenant.domain)"
        return try await changes.change(request.context(actor: actor, tenant: client.tenant)) { [issuer] change in
            try issuer.issueApplicationToken(client, scopes: request.scopes, in: change)
        }
    }

    private func passwordGrant(_ request: TokenRequest, _ client: OAuthClient) async throws -> IssuedToken {
        guard let username = request["username"], let password = request["password"] else { throw OAuthError.missingPassword }
        let signedIn = try await signIn.user(username, password: password, defaultTenant: request.tenant)
        guard let signedIn, client.servesAllTenants || signedIn.tenant == client.tenant else {
            throw OAuthError.wrongPassword(username)
        }
        let user = signedIn.user
        return try await changes.change(
            request.context(actor: "\(user.qualifiedName)@\(signedIn.tenant.domain)", tenant: client.tenant)
        ) { [issuer, settings] change in
            let scopes = try Self.scopes(request.scopes, signedIn.tenant, signedIn.roles, client, "password", settings, change)
            let grant = TokenGrant(
                client: client, userID: user.id, userTenant: signedIn.tenant, username: user.qualifiedName, isOfUser: true,
                grantType: "password", scopes: scopes, lifetimeSeconds: Self.userLifetime(client, settings),
                hasRefreshToken: client.grantTypes.contains("refresh_token"))
            return try issuer.issue(grant, in: change)
        }
    }

    /// RFC 6749 §6. Each use ends the old pair and gives a new one.
    private func refreshGrant(_ request: TokenRequest, _ client: OAuthClient) async throws -> IssuedToken {
        guard let refreshToken = request["refresh_token"] else { throw OAuthError.missingRefreshToken }
        let hash = issuer.refreshHash(refreshToken)
        return try await changes.change(
            request.context(actor: client.name, tenant: client.tenant)
        ) { [issuer, settings] change in
            let record = try Self.refreshable(hash, client, change)
            let asked = request.scopes.isEmpty ? record.scopes : request.scopes
            guard Set(asked).isSubset(of: record.scopes) else { throw OAuthError.invalidScope }
            let (user, tenant) = try Self.user(of: record, change)
            let roles = try RoleTable.names(of: user.id, tenant: tenant.id, in: change)
            let scopes = try Self.scopes(asked, tenant, roles, client, record.grantType, settings, change)
            try TokenRevocation.revoke(record, in: change)
            let grant = TokenGrant(
                client: client, userID: user.id, userTenant: tenant, username: user.qualifiedName, isOfUser: true,
                grantType: record.grantType, scopes: scopes, lifetimeSeconds: Self.userLifetime(client, settings),
                hasRefreshToken: true)
            return try issuer.issue(grant, in: change)
        }
    }

    /// The stored token of a refresh token that may be used.
    private static func refreshable(
        _ hash: String, _ client: OAuthClient, _ change: ChangeTransaction
    ) throws -> TokenRecord {
        guard let record = try TokenTable.find(refreshHash: hash, in: change), record.consumerKey == client.consumerKey else {
            throw OAuthError.unknownRefreshToken
        }
        guard record.isRefreshActive else { throw OAuthError.inactiveRefreshToken }
        guard let expires = record.refreshExpiresMilliseconds, expires > change.context.milliseconds else {
            throw OAuthError.expiredRefreshToken
        }
        return record
    }

    /// The user of a token, if that user may still sign in.
    private static func user(of record: TokenRecord, _ connection: any SQLConnection) throws -> (User, Tenant) {
        guard let user = try UserTable.find(id: record.userID, tenant: record.userTenantID, in: connection), !user.isLocked,
            let tenant = try TenantTable.find(id: record.userTenantID, in: connection), tenant.isActive
        else { throw OAuthError.inactiveRefreshToken }
        return (user, tenant.tenant)
    }

    private static func scopes(
        _ requested: [String], _ tenant: Tenant, _ roles: Set<String>, _ client: OAuthClient, _ grantType: String,
        _ settings: IdentitySettings, _ connection: any SQLConnection
    ) throws -> [String] {
        let asker = ScopePolicy.Asker(tenant: tenant, roles: roles, client: client, grantType: grantType)
        return try ScopePolicy(settings: settings).grant(requested, to: asker, connection)
    }

    private static func userLifetime(_ client: OAuthClient, _ settings: IdentitySettings) -> Int {
        client.attributes.userTokenSeconds ?? settings.userTokenSeconds
    }
}
