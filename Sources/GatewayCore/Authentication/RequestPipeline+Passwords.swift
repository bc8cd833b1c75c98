import Model

extension RequestPipeline {
    /// Checks a user's name and password. Right ones are remembered for a short time; each other one takes a good part of a second, so
    /// guesses are limited by client and by name.
    func checkPassword(
        _ encoded: UnsafeRawBufferPointer, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        let key = passwordDigest.digest(of: encoded)
        let hash = key.withUnsafeBytes { credentialCache.hash($0, .basic, tenant: api.tenant) }
        let directory = call.snapshot.credentials
        let known = key.withUnsafeBytes {
            credentialCache.find($0, hash: hash, .basic, tenant: api.tenant, nowMilliseconds: call.now)
        }
        if let known {
            guard let credential = known.credential else { return .refused(.invalidCredentials) }
            if credential.epoch != directory.epoch {
                credential.isRevoked = directory.isRevoked(credential)
                credential.epoch = directory.epoch
            }
            if !credential.isRevoked { return accept(credential, api) }
        }
        return askForUser(Array(encoded), key, hash, api, call, exchange)
    }

    private func accept(_ credential: Credential, _ api: CompiledAPI) -> Decision<Credential> {
        credential.userTenant == api.tenant ? .accepted(credential) : .refused(.subscriptionMissing)
    }

    @inline(never)
    private func askForUser(
        _ encoded: [UInt8], _ key: [UInt8], _ hash: UInt64, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        guard let password = PasswordCredential(encoded), let authority = settings.authority else {
            return .refused(.invalidCredentials)
        }
        if let unjudged = exchange.unjudged { return .refused(unjudged.refusal) }
        let name = Array(password.name.lowercased().utf8)
        guard passwordLimiter.allows(exchange.clientAddress.bytes, nowMilliseconds: call.now),
            name.withUnsafeBytes({ passwordLimiter.allows($0, nowMilliseconds: call.now) })
        else { return .refused(.tooManyFailures) }
        // Counted before the answer: many guesses at once must not count as none.
        passwordLimiter.noteFailure(exchange.clientAddress.bytes, nowMilliseconds: call.now)
        name.withUnsafeBytes { passwordLimiter.noteFailure($0, nowMilliseconds: call.now) }
        let now = call.now
        let tenant = api.tenant
        return .waits(
            Errand("the user store", timeoutMilliseconds: 15_000) {
                try await authority.authenticate(user: password.name, password: password.password)
            } resume: { [self] (result: Result<AuthenticatedUser?, any Error>) in
                switch result {
                case .success(let user): remember(user, key, hash, tenant: tenant, now)
                case .failure(CredentialAuthorityError.busy): exchange.unjudged = .putOff
                case .failure: exchange.unjudged = .unanswered
                }
                return .again
            })
    }

    private func remember(_ user: AuthenticatedUser?, _ key: [UInt8], _ hash: UInt64, tenant: Int, _ now: Int64) {
        var credential: Credential?
        if let user {
            var claims = CredentialClaims(kind: .basic)
            claims.userName = Array(user.name.utf8)
            claims.userID = user.id
            claims.userTenant = user.tenant
            claims.subject = .user
            claims.issued = now
            claims.scopes = user.scopes.map(ScopeHash.of)
            credential = Credential(claims)
        }
        let lifetime = credential == nil ? 5_000 : settings.credentials.passwordMilliseconds
        let entry = CredentialCache.Entry(
            kind: .basic, tenant: tenant, text: key, credential: credential, expires: now + lifetime, epoch: 0)
        credentialCache.insert(entry, hash: hash, nowMilliseconds: now)
    }
}
