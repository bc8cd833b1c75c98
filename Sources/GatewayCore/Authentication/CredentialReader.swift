import Model
import Tokens

/// Checks credentials that no cache knows: signature, type, time. Off the plain path.
struct CredentialReader {
    let directory: CredentialDirectory
    let settings: CredentialSettings
    /// Whether backends are told the claims of tokens.
    let keepsClaims: Bool

    /// What reading a credential comes to.
    enum Reading {
        case accepted(Credential)
        /// Only these key managers can tell, to be asked in order.
        case ask([CompiledKeyManager])
        /// The token names a key that the key manager does not have yet.
        case unknownKey(CompiledKeyManager)
    }

    /// - Parameters:
    ///   - text: the credential without scheme.
    ///   - api: the API that is called; its tenant's issuers count.
    func read(_ text: [UInt8], _ kind: Credential.Kind, for api: CompiledAPI) throws(CredentialFault) -> Reading {
        // What has no dot is no JWT, and what has one is nothing else.
        if kind == .oauth2, !text.contains(0x2e) { return try opaque(text, api) }
        if kind == .opaqueKey { return .accepted(try opaqueKey(text, api)) }
        guard let jwt = try? JWT(compact: text) else { throw .invalid }
        switch kind {
        case .oauth2: return try oauth2(jwt, text, api)
        case .apiKey, .internalKey: return .accepted(try signedKey(jwt, kind, api))
        case .opaqueKey, .certificate, .basic, .anonymous: throw .invalid
        }
    }

    /// Longest token that anybody is asked about.
    private static let longestOpaqueToken = 4_096

    private func opaque(_ text: [UInt8], _ api: CompiledAPI) throws(CredentialFault) -> Reading {
        guard text.count <= Self.longestOpaqueToken, text.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .invalid }
        let managers = directory.keyManagers.all(tenant: api.tenant).filter {
            $0.introspects && api.security.accepts(keyManager: $0.name) && $0.claims(text, nil)
        }
        guard !managers.isEmpty else { throw .invalid }
        return .ask(managers)
    }

    /// The key manager that has signed a token, or those that have to be asked about it.
    private func issuer(
        of jwt: JWT, _ text: [UInt8], _ managers: [CompiledKeyManager], _ api: CompiledAPI
    ) throws(CredentialFault) -> (verified: CompiledKeyManager?, instead: Reading?) {
        var unknown: CompiledKeyManager?
        // Several key managers may have one issuer: then their rules tell whose a token is.
        for manager in managers where manager.validatesTokensLocally && manager.claims(text, jwt) {
            do {
                try manager.verifier.verify(jwt)
                return (manager, nil)
            } catch {
                if error == .unknownKey, manager.refreshesKeys { unknown = unknown ?? manager }
            }
        }
        if let unknown { return (nil, .unknownKey(unknown)) }
        let asked = managers.filter {
            !$0.validatesTokensLocally && $0.introspects && api.security.accepts(keyManager: $0.name) && $0.claims(text, jwt)
        }
        guard !asked.isEmpty else { throw .invalid }
        return (nil, .ask(asked))
    }

    private func oauth2(_ jwt: JWT, _ text: [UInt8], _ api: CompiledAPI) throws(CredentialFault) -> Reading {
        // A refresh token is no access token, and keys of other kinds have headers of their own.
        guard let issuer = jwt.issuer, !["refresh_token", "InternalKey", "apiKey"].contains(jwt["token_type"] ?? "") else {
            throw .invalid
        }
        let managers = directory.keyManagers.managers(tenant: api.tenant, issuer: issuer)
        let found = try self.issuer(of: jwt, text, managers, api)
        guard let manager = found.verified else {
            guard let instead = found.instead else { throw .invalid }
            return instead
        }
        if settings.enforcesTokenType, !jwt.isAccessToken { throw .wrongType }
        var claims = commonClaims(jwt, .oauth2, manager, api)
        claims.consumerKey = jwt[manager.consumerKeyClaim] ?? jwt["azp"] ?? jwt["client_id"] ?? jwt["consumerKey"]
        claims.userID = jwt.subject
        claims.issued = jwt.milliseconds("iat") ?? 0
        if keepsClaims { claims.tokenClaims = jwt.claims }
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
        return .accepted(Credential(claims))
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

    private func opaqueKey(_ text: [UInt8], _ api: CompiledAPI) throws(CredentialFault) -> Credential {
        guard let key = directory.apiKeys.find(text, tenant: api.tenant) else { throw .invalid }
        var claims = CredentialClaims(kind: .opaqueKey)
        claims.apiKey = key
        claims.applicationID = key.definition.applicationID
        claims.userName = Array(key.definition.user.utf8)
        claims.keyType = key.definition.keyType
        claims.restriction = key.restriction
        claims.expires = key.definition.expiresMilliseconds ?? .max
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
    static func userName(_ subject: String, tenantDomain: String) -> [UInt8] {
        let name = subject.hasSuffix("@" + tenantDomain) ? subject : subject + "@" + tenantDomain
        return Array(name.utf8)
    }
}
