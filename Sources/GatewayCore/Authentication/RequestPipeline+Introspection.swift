import Documents
import Model
import Tokens

extension RequestPipeline {
    /// Asks the key managers that may have made a token, one after the other, and has the answer where ``check(_:_:_:_:_:_:)`` finds it.
    func ask(
        _ managers: [CompiledKeyManager], about token: [UInt8], hash: UInt64, _ api: CompiledAPI, _ call: Call,
        _ exchange: Exchange
    ) -> Decision<Credential> {
        guard let authority = settings.authority else { return .refused(.invalidCredentials) }
        if let unjudged = exchange.unjudged { return .refused(unjudged.refusal) }
        let question = Question(
            token: token, hash: hash, tenant: api.tenant, tenantDomain: api.tenantDomain,
            address: Array(exchange.clientAddress),
            now: call.now, epoch: call.snapshot.credentials.epoch, keyManagers: api.security.keyManagers)
        let names = managers.map(\.name)
        let (text, tenant) = (String(decoding: token, as: UTF8.self), api.tenant)
        return .waits(
            Errand("the key manager", timeoutMilliseconds: 10_000) {
                try await Self.introspect(text, names, tenant, authority)
            } resume: { [self] (result: Result<Introspected?, any Error>) in
                switch result {
                case .success(let found): remember(found, of: managers, question)
                case .failure: exchange.unjudged = .unanswered
                }
                return .again
            })
    }

    /// A token that key managers are asked about, and when.
    private struct Question {
        var token: [UInt8]
        var hash: UInt64
        var tenant: Int
        var tenantDomain: String
        /// The client's.
        var address: [UInt8]
        var now: Int64
        var epoch: UInt64
        /// Those that the API takes tokens of; `nil` for all.
        var keyManagers: [String]?
    }

    private func remember(_ found: Introspected?, of managers: [CompiledKeyManager], _ question: Question) {
        let credential = found.map {
            self.credential(for: $0.token, of: managers[$0.index], tenantDomain: question.tenantDomain)
        }
        if credential == nil {
            question.address.withUnsafeBytes { failureLimiter.noteFailure($0, nowMilliseconds: question.now) }
        }
        let entry = CredentialCache.Entry(
            kind: .oauth2, tenant: question.tenant, text: question.token, credential: credential,
            expires: introspectionEnd(of: credential, max(question.now, answered)), epoch: question.epoch,
            keyManagers: question.keyManagers)
        credentialCache.insert(entry, hash: question.hash, nowMilliseconds: question.now)
    }

    private struct Introspected: Sendable {
        var index: Int
        var token: IntrospectedToken
    }

    /// The first key manager that knows the token. If none does, but one gives no answer, nothing is known.
    private static func introspect(
        _ token: String, _ managers: [String], _ tenant: Int, _ authority: any CredentialAuthority
    ) async throws -> Introspected? {
        var failure: (any Error)?
        for (index, name) in managers.enumerated() {
            do {
                if let found = try await authority.introspect(token, keyManager: name, tenant: tenant) {
                    return Introspected(index: index, token: found)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return nil
    }

    /// An answer is good until the token's end, but no longer than the configured time, and for a second at least: it must be found
    /// when the request goes on. The time counts from the answer, which may have taken long.
    private func introspectionEnd(of credential: Credential?, _ now: Int64) -> Int64 {
        let longest = credential == nil ? 30_000 : settings.credentials.introspectionMilliseconds
        return max(min(credential?.expires ?? .max, now + longest), now + 1_000)
    }

    private func credential(
        for token: IntrospectedToken, of manager: CompiledKeyManager, tenantDomain: String
    ) -> Credential {
        var claims = CredentialClaims(kind: .oauth2, keyManager: manager, tokenID: token.tokenID)
        claims.consumerKey = token.consumerKey
        claims.userID = token.subject
        claims.userName = CredentialReader.userName(token.userName, tenantDomain: tenantDomain)
        claims.scopes = token.scopes.map(ScopeHash.of)
        claims.audiences = token.audiences.map(ScopeHash.of)
        claims.issued = token.issuedMilliseconds
        claims.tokenClaims = try? JSONValue.parse(token.claims)
        if let end = token.expiresMilliseconds { claims.expires = end + settings.credentials.clockToleranceMilliseconds }
        switch token.isOfUser {
        case true?: claims.subject = .user
        case false?: claims.subject = .application
        case nil: break
        }
        if settings.credentials.bindsTokensToCertificates, let thumbprint = token.certificateThumbprint {
            claims.boundCertificate = Base64URL.decode(thumbprint) ?? []
        }
        return Credential(claims)
    }

    // MARK: Keys that nobody knows

    /// Has the keys of a key manager fetched again, because a token names one that is not among them. At most once in a while: anybody can
    /// make up a name. `nil` if it was done moments ago.
    func refreshKeys(of manager: CompiledKeyManager, _ call: Call, _ exchange: Exchange) -> Decision<Credential>? {
        guard let authority = settings.authority, manager.refreshesKeys else { return nil }
        let key = "\(manager.tenant)/\(manager.name)"
        guard call.now >= keyRefreshes[key] ?? .min else { return nil }
        keyRefreshes[key] = call.now + 10_000
        let name = manager.name
        let tenant = manager.tenant
        return .waits(
            Errand("the keys of the key manager", timeoutMilliseconds: 10_000) {
                try await authority.refreshKeys(ofKeyManager: name, tenant: tenant)
                return true
            } resume: { [self] (_: Result<Bool, any Error>) in
                // The new keys are in a newer snapshot. The request may change over if its API is the same in both.
                if let old = exchange.snapshot?.apis[exchange.api], snapshot.apis[exchange.api] === old {
                    exchange.snapshot = snapshot
                }
                return .again
            })
    }
}
