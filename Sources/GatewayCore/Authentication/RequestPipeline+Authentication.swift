import Model

/// What a check of a credential or a right says.
enum Decision<Accepted> {
    case accepted(Accepted)
    case refused(Refusal)
    /// Only another service can tell; the errand has its answer where the check finds it, and the check is made again.
    case waits(Errand)
}

extension RequestPipeline {
    /// The stage: who calls.
    func authenticate(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        if call.fields.hasLateCredential { return .refused(.tooManyFields) }
        exchange.removedFields |= call.fields.internalBits
        switch findCredential(api, operation, call, head, exchange) {
        case .accepted(let credential):
            exchange.credential = credential
            exchange.isAuthenticated = true
            exchange.userName += credential.userName
            exchange.usesInternalKey = credential.kind == .internalKey
            return .next
        case .refused(let refusal): return .refused(refusal)
        case .waits(let errand): return .waits(errand)
        }
    }

    /// Finds and checks the request's credential. Fields with credentials of the API's schemes are marked for removal, whether they were
    /// used or not.
    private func findCredential(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Decision<Credential> {
        let offer = CredentialOffer(api.security, call.fields, head, exchange)
        exchange.removedFields |= offer.removedFields(passesAuthorization: settings.passesAuthorization)
        exchange.removedQuery = offer.removedQuery
        if call.fields.internalKey >= 0 {
            return check(RequestFields.value(call.fields.internalKey, head), .internalKey, api, call, exchange)
        }
        if operation.access == .anonymous { return .accepted(anonymous(api, call, exchange)) }
        if api.isUnpublished { return .refused(.subscriptionMissing) }
        var failure: Refusal?
        if let token = offer.token {
            switch check(token, .oauth2, api, call, exchange) {
            case .accepted(let credential): return .accepted(credential)
            case .refused(let refusal): failure = refusal
            case .waits(let errand): return .waits(errand)
            }
        }
        if let key = offer.apiKey {
            switch check(key, .apiKey, api, call, exchange) {
            case .accepted(let credential): return permit(credential, head, call, exchange)
            case .refused(let refusal): failure = failure ?? refusal
            case .waits(let errand): return .waits(errand)
            }
        }
        let onlyMutualTLS = !api.security.acceptsOAuth2 && !api.security.acceptsAPIKey && !api.security.acceptsBasic
        return .refused(failure ?? (onlyMutualTLS ? .invalidCredentials : .missingCredentials(api.security)))
    }

    /// Looks a credential up in the cache, or checks it.
    private func check(
        _ text: UnsafeRawBufferPointer, _ kind: Credential.Kind, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        let hash = credentialCache.hash(text, kind, tenant: api.tenant)
        let directory = call.snapshot.credentials
        if let entry = credentialCache.find(text, hash: hash, kind, tenant: api.tenant, nowMilliseconds: call.now) {
            if let credential = entry.credential {
                if credential.epoch == directory.epoch || resolve(credential, api, directory) {
                    return accept(credential, api, call)
                }
            } else if entry.epoch == directory.epoch {
                return .refused(.invalidCredentials)
            }
        }
        return read(text, kind, hash: hash, api, call, exchange)
    }

    /// The way of a credential that the loop has not seen.
    @inline(never)
    private func read(
        _ text: UnsafeRawBufferPointer, _ kind: Credential.Kind, hash: UInt64, _ api: CompiledAPI, _ call: Call,
        _ exchange: Exchange
    ) -> Decision<Credential> {
        guard failureLimiter.allows(exchange.clientAddress, nowMilliseconds: call.now) else {
            return .refused(.tooManyFailures)
        }
        let directory = call.snapshot.credentials
        let reader = CredentialReader(directory: directory, toleranceMilliseconds: settings.clockToleranceMilliseconds)
        let bytes = Array(text)
        let credential = reader.read(bytes, kind, for: api, nowMilliseconds: call.now)
        if let credential {
            _ = resolve(credential, api, directory)
        } else {
            failureLimiter.noteFailure(exchange.clientAddress, nowMilliseconds: call.now)
        }
        // A refused text is remembered for half a minute; longer would only help whoever repeats it.
        let expires = credential?.expires ?? call.now + 30_000
        let entry = CredentialCache.Entry(
            kind: kind, tenant: api.tenant, text: bytes, credential: credential, expires: expires, epoch: directory.epoch)
        if expires > call.now { credentialCache.insert(entry, hash: hash, nowMilliseconds: call.now) }
        return credential.map { accept($0, api, call) } ?? .refused(.invalidCredentials)
    }

    /// Takes what a credential means from a snapshot. `false` if its issuer's keys have changed, so that it must be checked anew.
    private func resolve(_ credential: Credential, _ api: CompiledAPI, _ directory: CredentialDirectory) -> Bool {
        guard let manager = credential.keyManager else { return false }
        credential.isRevoked = credential.tokenID.map { directory.isRevoked(tokenID: $0) } ?? false
        switch credential.kind {
        case .oauth2:
            let current = directory.keyManagers.managers(tenant: api.tenant, issuer: manager.issuer)
            guard current.contains(where: { $0 === manager }) else { return false }
            let mapping = credential.consumerKey.flatMap { directory.mapping(manager, consumerKey: $0) }
            credential.application = mapping?.application ?? -1
            credential.keyType = mapping?.keyType ?? .production
        case .apiKey, .internalKey:
            guard directory.keyManagers.apiKeyIssuer(tenant: api.tenant) === manager else { return false }
            credential.application = credential.applicationID.map { directory.application(id: $0) } ?? -1
        case .anonymous: return true
        }
        credential.epoch = directory.epoch
        return true
    }

    /// Checks what may change from request to request: time, revocation, and whether the API takes the issuer's tokens.
    @inline(__always)
    private func accept(_ credential: Credential, _ api: CompiledAPI, _ call: Call) -> Decision<Credential> {
        if credential.isRevoked || call.now >= credential.expires || call.now < credential.notBefore {
            return .refused(.invalidCredentials)
        }
        if credential.kind == .oauth2, api.security.keyManagers != nil,
            !api.security.accepts(keyManager: credential.keyManager?.name ?? "")
        {
            return .refused(.invalidCredentials)
        }
        return .accepted(credential)
    }

    private func permit(
        _ credential: Credential, _ head: RequestHead, _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        guard let restriction = credential.restriction else { return .accepted(credential) }
        let referer = RequestFields.value(call.fields.referer, head)
        return restriction.permits(address: exchange.clientAddress, referer: referer)
            ? .accepted(credential) : .refused(.accessForbidden)
    }

    /// The stand-in for a credential: one a client address and API, so that its calls can be counted.
    private func anonymous(_ api: CompiledAPI, _ call: Call, _ exchange: Exchange) -> Credential {
        anonymousKey.removeAll(keepingCapacity: true)
        withUnsafeBytes(of: api.identity) { anonymousKey.append(contentsOf: $0) }
        anonymousKey += exchange.clientAddress
        return anonymousKey.withUnsafeBytes { key in
            let hash = credentialCache.hash(key, .anonymous, tenant: api.tenant)
            let known = credentialCache.find(key, hash: hash, .anonymous, tenant: api.tenant, nowMilliseconds: call.now)
            if let credential = known?.credential { return credential }
            var claims = CredentialClaims(kind: .anonymous)
            claims.userName = Array("anonymous".utf8)
            let credential = Credential(claims)
            let entry = CredentialCache.Entry(
                kind: .anonymous, tenant: api.tenant, text: Array(key), credential: credential, expires: .max, epoch: 0)
            credentialCache.insert(entry, hash: hash, nowMilliseconds: call.now)
            return credential
        }
    }
}
