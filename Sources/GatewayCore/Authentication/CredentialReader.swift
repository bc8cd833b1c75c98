import Model
import Tokens

/// Checks credentials that no cache knows: signature, type, time. Off the plain path.
struct CredentialReader {
    let directory: CredentialDirectory
    let settings: CredentialSettings

    /// - Parameters:
    ///   - text: the credential without scheme.
    ///   - api: the API that is called; its tenant's issuers count.
    func read(_ text: [UInt8], _ kind: Credential.Kind, for api: CompiledAPI) throws(CredentialFault) -> Credential {
        guard let jwt = try? JWT(compact: text) else { throw .invalid }
        switch kind {
        case .oauth2: return try oauth2(jwt, text, api)
        case .apiKey, .internalKey: return try signedKey(jwt, kind, api)
        case .certificate, .anonymous: throw .invalid
        }
    }

    private func oauth2(_ jwt: JWT, _ text: [UInt8], _ api: CompiledAPI) throws(CredentialFault) -> Credential {
        // A refresh token is no access token, and keys of other kinds have headers of their own.
        guard let issuer = jwt.issuer, !["refresh_token", "InternalKey", "apiKey"].contains(jwt["token_type"] ?? "") else {
            throw .invalid
        }
        let managers = directory.keyManagers.managers(tenant: api.tenant, issuer: issuer)
        // Several key managers may have one issuer: then their rules tell whose a token is.
        guard let manager = managers.first(where: { $0.validatesTokensLocally && $0.claims(text, jwt) && verifies($0, jwt) })
        else { throw .invalid }
        if settings.enforcesTokenType, !jwt.isAccessToken { throw .wrongType }
        var claims = commonClaims(jwt, .oauth2, manager, api)
        claims.consumerKey = jwt[manager.consumerKeyClaim] ?? jwt["azp"] ?? jwt["client_id"] ?? jwt["consumerKey"]
        claims.userID = jwt.subject
        claims.issued = jwt.milliseconds("iat") ?? 0
        claims.scopes = jwt.scopes(manager.scopesClaim).map(ScopeHash.of)
        claims.audiences = jwt.strings("aud").map(ScopeHash.of)
        if settings.bindsTokensToCertificates, jwt.has("cnf") {
            // Another kind of proof than a certificate cannot be checked here: nothing equals an empty digest.
            claims.boundCertificate = jwt["cnf", "x5t#S256"].flatMap { Base64URL.decode($0) } ?? []
        }
        switch jwt["aut"] {
        case "APPLICATION": claims.subject = .application
        case "APPLICATION_USER": claims.subject = .user
        default: break
        }
        return Credential(claims)
    }

    private func signedKey(
        _ jwt: JWT, _ kind: Credential.Kind, _ api: CompiledAPI
    ) throws(CredentialFault) -> Credential {
        let isInternal = jwt["token_type"] == "InternalKey"
        guard isInternal == (kind == .internalKey), isInternal || ["apiKey", nil].contains(jwt["token_type"]),
            let manager = directory.keyManagers.apiKeyIssuer(tenant: api.tenant), verifies(manager, jwt)
        else { throw .invalid }
        var claims = commonClaims(jwt, kind, manager, api)
        claims.keyType = jwt["keytype"] == KeyType.sandbox.rawValue ? .sandbox : .production
        if isInternal {
            claims.contexts = jwt.members("subscribedAPIs", "context")
        } else {
            guard let application = jwt["application", "uuid"] else { throw .invalid }
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
        if jwt.has("exp") { claims.expires = jwt.milliseconds("exp").map { $0 + settings.clockToleranceMilliseconds } ?? .min }
        if jwt.has("nbf") {
            claims.notBefore = jwt.milliseconds("nbf").map { $0 - settings.clockToleranceMilliseconds } ?? .max
        }
        return claims
    }

    /// The user in the form of quota keys and events.
    private static func userName(_ subject: String, tenantDomain: String) -> [UInt8] {
        let name = subject.hasSuffix("@" + tenantDomain) ? subject : subject + "@" + tenantDomain
        return Array(name.utf8)
    }
}
