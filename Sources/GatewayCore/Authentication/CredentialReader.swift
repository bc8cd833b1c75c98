import Model
import Tokens

/// Checks credentials that no cache knows: signature, type, time. Off the plain path.
struct CredentialReader {
    let directory: CredentialDirectory
    let toleranceMilliseconds: Int64

    /// - Parameters:
    ///   - text: the credential without scheme.
    ///   - api: the API that is called; its tenant's issuers count.
    /// - Returns: `nil` for a credential that must be refused.
    func read(_ text: [UInt8], _ kind: Credential.Kind, for api: CompiledAPI, nowMilliseconds: Int64) -> Credential? {
        guard let jwt = try? JWT(compact: text) else { return nil }
        switch kind {
        case .oauth2: return oauth2(jwt, api)
        case .apiKey, .internalKey: return signedKey(jwt, kind, api)
        case .anonymous: return nil
        }
    }

    private func oauth2(_ jwt: JWT, _ api: CompiledAPI) -> Credential? {
        // A refresh token is no access token, and keys of other kinds have headers of their own.
        guard let issuer = jwt.issuer, !["refresh_token", "InternalKey", "apiKey"].contains(jwt["token_type"] ?? "") else {
            return nil
        }
        let managers = directory.keyManagers.managers(tenant: api.tenant, issuer: issuer)
        guard let manager = managers.first(where: { verifies($0, jwt) }) else { return nil }
        var claims = commonClaims(jwt, .oauth2, manager, api)
        claims.consumerKey = jwt[manager.consumerKeyClaim] ?? jwt["azp"] ?? jwt["client_id"] ?? jwt["consumerKey"]
        claims.scopes = jwt.scopes(manager.scopesClaim).map(ScopeHash.of)
        claims.audiences = jwt.strings("aud").map(ScopeHash.of)
        switch jwt["aut"] {
        case "APPLICATION": claims.subject = .application
        case "APPLICATION_USER": claims.subject = .user
        default: break
        }
        return Credential(claims)
    }

    private func signedKey(_ jwt: JWT, _ kind: Credential.Kind, _ api: CompiledAPI) -> Credential? {
        let isInternal = jwt["token_type"] == "InternalKey"
        guard isInternal == (kind == .internalKey), isInternal || ["apiKey", nil].contains(jwt["token_type"]),
            let manager = directory.keyManagers.apiKeyIssuer(tenant: api.tenant), verifies(manager, jwt)
        else { return nil }
        var claims = commonClaims(jwt, kind, manager, api)
        claims.keyType = jwt["keytype"] == KeyType.sandbox.rawValue ? .sandbox : .production
        if isInternal {
            claims.contexts = jwt.members("subscribedAPIs", "context")
        } else {
            guard let application = jwt["application", "uuid"] else { return nil }
            claims.applicationID = application
            claims.restriction = KeyRestriction(
                permittedIP: jwt["permittedIP"], permittedReferer: jwt["permittedReferer"])
        }
        return Credential(claims)
    }

    private func verifies(_ manager: CompiledKeyManager, _ jwt: JWT) -> Bool { (try? manager.verifier.verify(jwt)) != nil }

    private func commonClaims(
        _ jwt: JWT, _ kind: Credential.Kind, _ manager: CompiledKeyManager, _ api: CompiledAPI
    ) -> CredentialClaims {
        var claims = CredentialClaims(kind: kind, keyManager: manager, tokenID: jwt.tokenID)
        claims.userName = Self.userName(jwt.subject ?? "", tenantDomain: api.tenantDomain)
        if jwt.has("exp") { claims.expires = jwt.milliseconds("exp").map { $0 + toleranceMilliseconds } ?? .min }
        if jwt.has("nbf") { claims.notBefore = jwt.milliseconds("nbf").map { $0 - toleranceMilliseconds } ?? .max }
        return claims
    }

    /// The user in the form of quota keys and events.
    private static func userName(_ subject: String, tenantDomain: String) -> [UInt8] {
        let name = subject.hasSuffix("@" + tenantDomain) ? subject : subject + "@" + tenantDomain
        return Array(name.utf8)
    }
}
