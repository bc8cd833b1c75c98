import Model
import Storage
import Tokens

/// The grant of RFC 8693: a token of a key manager that is trusted for it gives one of the platform.
struct TokenExchangeGrant: Sendable {
    static let grantType = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// How long ago a token may have been issued.
    private static let longestAge: Int64 = 3_600_000
    private static let tokenTypes: Set<String> = [
        "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:access_token",
    ]

    let changes: ChangeStore
    let managers: KeyManagers
    let issuer: TokenIssuer
    let settings: IdentitySettings

    func token(_ request: TokenRequest, _ client: OAuthClient) async throws -> IssuedToken {
        let (jwt, requested) = try parameters(of: request)
        let claims = try SubjectClaims(jwt)
        return try await changes.change(
            request.context(actor: client.name, tenant: client.tenant)
        ) { change in
            let manager = try trusted(claims.issuer, jwt, client.tenant, in: change)
            try check(jwt, claims, manager, client.tenant, at: request.milliseconds)
            var token = try issuer.issue(try grant(claims, manager, client, request.scopes, in: change), in: change)
            token.issuedTokenType = requested
            return token
        }
    }

    /// What every token to be exchanged must say.
    private struct SubjectClaims {
        var issuer: String
        var subject: String
        var audiences: [String]

        init(_ jwt: JWT) throws {
            guard let issuer = jwt.issuer, !issuer.isEmpty else { throw Self.missing("Issuer") }
            guard let subject = jwt.subject, !subject.isEmpty else { throw Self.missing("Subject") }
            guard jwt.milliseconds("exp") != nil else { throw Self.missing("Expiration time") }
            audiences = jwt.strings("aud")
            guard !audiences.isEmpty else { throw Self.missing("Audience") }
            self.issuer = issuer
            self.subject = subject
        }

        private static func missing(_ name: String) -> OAuthError {
            .invalidExchange("Mandatory field - \(name) is empty in the given JWT")
        }
    }

    private func parameters(of request: TokenRequest) throws -> (JWT, requestedType: String) {
        guard let text = request["subject_token"] else { throw OAuthError.invalidExchange("Missing parameters: subject_token") }
        let type = request["subject_token_type"] ?? ""
        guard Self.tokenTypes.contains(type) else {
            throw OAuthError.invalidExchange("Unsupported subject token type : \(type.prefix(200)) provided")
        }
        let requested = request["requested_token_type"] ?? "urn:ietf:params:oauth:token-type:access_token"
        guard Self.tokenTypes.contains(requested) else {
            throw OAuthError.invalidExchange("Unsupported requested token type : \(requested.prefix(200)) provided")
        }
        guard let jwt = try? JWT(compact: text) else { throw OAuthError.invalidExchange("The subject token is no JWT") }
        return (jwt, requested)
    }

    /// The key manager that has signed the token, if its tokens may be exchanged.
    private func trusted(
        _ issuer: String, _ jwt: JWT, _ tenant: Tenant, in connection: any SQLConnection
    ) throws -> KeyManager {
        let candidates = try managers.table.all(tenant, in: connection).filter {
            $0.isEnabled && $0.tokenType.exchanges && $0.issuer == issuer && !$0.isResident
        }
        guard !candidates.isEmpty else {
            throw OAuthError.invalidExchange("No active IDP found for the JWT with issuer name : \(issuer.prefix(200))")
        }
        for manager in candidates {
            guard let text = try managers.table.keys(id: manager.id, in: connection)?.keySet,
                let keys = try? JSONWebKeySet(text: text)
            else { continue }
            if (try? JWTVerifier(keys: keys).verify(jwt)) != nil { return manager }
        }
        throw OAuthError.invalidExchange("Signature or Message Authentication invalid.")
    }

    private func check(
        _ jwt: JWT, _ claims: SubjectClaims, _ manager: KeyManager, _ tenant: Tenant, at now: Int64
    ) throws {
        do {
            try jwt.checkTime(nowMilliseconds: now, toleranceMilliseconds: 0)
        } catch JWTError.notYetValid {
            throw OAuthError.invalidExchange("JSON Web Token is used before Not_Before_Time.")
        } catch {
            throw OAuthError.invalidExchange("JSON Web Token is expired.")
        }
        if let issued = jwt.milliseconds("iat"), issued < now - Self.longestAge {
            throw OAuthError.invalidExchange("JSON Web Token is issued before the allowed time.")
        }
        let alias = manager.alias.isEmpty ? settings.issuer(of: tenant) : manager.alias
        guard claims.audiences.contains(alias) else { throw OAuthError.invalidExchangeTarget }
    }

    /// The user is one of the key manager's, never one of the platform's, whatever the subject is called.
    private func grant(
        _ claims: SubjectClaims, _ manager: KeyManager, _ client: OAuthClient, _ scopes: [String],
        in change: ChangeTransaction
    ) throws -> TokenGrant {
        let asker = ScopePolicy.Asker(
            tenant: client.tenant, roles: [BuiltInRole.everyone.rawValue], client: client, grantType: Self.grantType)
        let granted = try ScopePolicy(settings: settings).grant(scopes, to: asker, change)
        return TokenGrant(
            client: client, userID: TokenRecord.foreignUserPrefix + "\(manager.id):\(claims.subject)",
            userTenant: client.tenant, username: claims.subject, isOfUser: true, grantType: Self.grantType, scopes: granted,
            lifetimeSeconds: client.attributes.userTokenSeconds ?? settings.userTokenSeconds, hasRefreshToken: false,
            subject: claims.subject)
    }
}

extension OAuthError {
    static func invalidExchange(_ description: String) -> OAuthError {
        OAuthError(status: 400, error: "invalid_request", description: description)
    }

    static let invalidExchangeTarget = OAuthError(
        status: 400, error: "invalid_target", description: "Invalid audience values provided")
}
