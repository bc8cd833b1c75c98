import Documents
import Model
import Storage

/// The introspection endpoint (RFC 7662) and the userinfo endpoint (OpenID Connect Core §5.3).
public struct Introspection: Sendable {
    private let store: any SQLStore
    private let checker: AccessTokenChecker
    private let settings: IdentitySettings

    init(store: any SQLStore, checker: AccessTokenChecker, settings: IdentitySettings) {
        self.store = store
        self.checker = checker
        self.settings = settings
    }

    /// What the token stands for; `{"active":false}` for anything that is not valid.
    public func introspect(_ token: String, nowMilliseconds: Int64) async throws -> JSONValue {
        try await store.read { [checker, settings] connection in
            do {
                let accepted = try checker.check(token, nowMilliseconds: nowMilliseconds, connection)
                guard try isUserActive(accepted.record, connection) else { return ["active": false] }
                return Self.active(accepted, settings)
            } catch is AccessTokenChecker.Refusal {
                return ["active": false]
            }
        }
    }

    private static func active(_ accepted: AccessTokenChecker.Accepted, _ settings: IdentitySettings) -> JSONValue {
        let record = accepted.record
        let issued = JSONValue(record.issuedMilliseconds / 1000)
        var answer: JSONValue = [
            "active": true, "scope": .string(record.scopes.joined(separator: " ")),
            "client_id": .string(record.consumerKey), "username": .string(record.authorizedUser), "token_type": "Bearer",
            "exp": JSONValue(record.expiresMilliseconds / 1000), "iat": issued, "nbf": issued,
            "aut": .string(record.isOfUser ? "APPLICATION_USER" : "APPLICATION"),
        ]
        guard accepted.isJWT else { return answer }
        answer["aud"] = .string(record.consumerKey)
        answer["jti"] = .string(record.tokenID)
        answer["sub"] = .string(record.subject)
        answer["iss"] = .string(settings.issuer(of: accepted.client.tenant))
        return answer
    }

    /// What gateways learn of a token of the platform's own key manager; `nil` if it is not valid, or of another tenant's client.
    func inspect(_ token: String, tenant: Int, nowMilliseconds: Int64) async throws -> IntrospectedToken? {
        try await store.read { [checker, settings] connection in
            let accepted: AccessTokenChecker.Accepted
            do {
                accepted = try checker.check(token, nowMilliseconds: nowMilliseconds, connection)
            } catch is AccessTokenChecker.Refusal { return nil }
            let record = accepted.record
            guard accepted.client.tenant.id == tenant, try isUserActive(record, connection) else { return nil }
            return IntrospectedToken(
                tokenID: record.tokenID, consumerKey: record.consumerKey, subject: record.subject,
                userName: record.authorizedUser, scopes: record.scopes, audiences: [record.consumerKey],
                isOfUser: record.isOfUser, issuedMilliseconds: record.issuedMilliseconds,
                expiresMilliseconds: record.expiresMilliseconds, claims: Self.active(accepted, settings).text)
        }
    }

    /// The claims about the token's user that its scopes release.
    public func userInfo(_ token: String, nowMilliseconds: Int64) async throws -> JSONValue {
        try await store.read { [checker] connection in
            let record: TokenRecord
            do {
                record = try checker.check(token, nowMilliseconds: nowMilliseconds, connection).record
            } catch is AccessTokenChecker.Refusal { throw OAuthError.invalidToken }
            guard try isUserActive(record, connection),
                let user = try UserTable.find(id: record.userID, tenant: record.userTenantID, in: connection)
            else { throw OAuthError.invalidToken }
            guard record.scopes.contains("openid") else { throw OAuthError.openIDScopeMissing }
            let roles = try RoleTable.names(of: user.id, tenant: user.tenantID, in: connection)
            return UserInfoClaims(user: user, roles: roles).released(by: record.scopes)
        }
    }

    private func isUserActive(_ record: TokenRecord, _ connection: any SQLConnection) throws -> Bool {
        guard let tenant = try TenantTable.find(id: record.userTenantID, in: connection), tenant.isActive else { return false }
        if record.isOfForeignUser { return true }
        let user = try UserTable.find(id: record.userID, tenant: record.userTenantID, in: connection)
        return user.map { !$0.isLocked } ?? false
    }
}
