import Model

extension RequestPipeline {
    /// Looks a credential up in the cache, or checks it.
    func check(
        _ text: UnsafeRawBufferPointer, _ kind: Credential.Kind, _ api: CompiledAPI, _ call: Call, _ head: RequestHead,
        _ exchange: Exchange
    ) -> Decision<Credential> {
        let hash = credentialCache.hash(text, kind, tenant: api.tenant)
        let directory = call.snapshot.credentials
        if let entry = credentialCache.find(text, hash: hash, kind, tenant: api.tenant, nowMilliseconds: call.now) {
            if let credential = entry.credential {
                if credential.epoch == directory.epoch || resolve(credential, api, directory) {
                    return accept(credential, api, call, head)
                }
            } else if entry.epoch == directory.epoch, entry.keyManagers == api.security.keyManagers {
                return .refused(Self.refusal(of: entry.fault))
            }
        }
        return read(text, kind, hash: hash, api, call, head, exchange)
    }

    /// The way of a credential that the loop has not seen.
    @inline(never)
    private func read(
        _ text: UnsafeRawBufferPointer, _ kind: Credential.Kind, hash: UInt64, _ api: CompiledAPI, _ call: Call,
        _ head: RequestHead, _ exchange: Exchange
    ) -> Decision<Credential> {
        if kind == .oauth2, text.contains(UInt8(ascii: ",")),
            let decision = checkCombined(authorizationField(api, call, head), api, call, head, exchange)
        {
            return decision
        }
        guard failureLimiter.allows(exchange.clientAddress.bytes, nowMilliseconds: call.now) else {
            return .refused(.tooManyFailures)
        }
        metrics?.credentialChecked()
        let directory = call.snapshot.credentials
        let bytes = Array(text)
        do throws(CredentialFault) {
            let reader = CredentialReader(
                directory: directory, settings: settings.credentials, keepsClaims: settings.backendTokens != nil)
            switch try reader.read(bytes, kind, for: api) {
            case .accepted(let credential):
                credential.text = bytes
                _ = resolve(credential, api, directory)
                remember(bytes, kind, hash: hash, credential, api, call)
                return accept(credential, api, call, head)
            case .ask(let managers): return ask(managers, about: bytes, hash: hash, api, call, exchange)
            case .unknownKey(let manager):
                if let errand = refreshKeys(of: manager, call, exchange) { return errand }
                throw CredentialFault.invalid
            }
        } catch {
            failureLimiter.noteFailure(exchange.clientAddress.bytes, nowMilliseconds: call.now)
            remember(bytes, kind, hash: hash, nil, fault: error, api, call)
            return .refused(Self.refusal(of: error))
        }
    }

    private func remember(
        _ text: [UInt8], _ kind: Credential.Kind, hash: UInt64, _ credential: Credential?, fault: CredentialFault = .invalid,
        _ api: CompiledAPI, _ call: Call
    ) {
        // A refused text is remembered for half a minute; longer would only help whoever repeats it.
        let expires = credential?.expires ?? call.now + 30_000
        guard expires > call.now else { return }
        let entry = CredentialCache.Entry(
            kind: kind, tenant: api.tenant, text: text, credential: credential, fault: fault, expires: expires,
            epoch: call.snapshot.credentials.epoch, keyManagers: api.security.keyManagers)
        credentialCache.insert(entry, hash: hash, nowMilliseconds: call.now)
    }

    static func refusal(of fault: CredentialFault) -> Refusal {
        switch fault {
        case .invalid: .invalidCredentials
        case .wrongType: .wrongTokenType
        }
    }

    /// Takes what a credential means from a snapshot. `false` if its issuer's keys have changed, so that it must be checked anew.
    private func resolve(_ credential: Credential, _ api: CompiledAPI, _ directory: CredentialDirectory) -> Bool {
        if let key = credential.apiKey {
            // A key that was changed has another record, and one that was revoked has none.
            guard directory.apiKeys.find(hash: key.definition.hash) === key else { return false }
            credential.application = credential.applicationID.map { directory.application(id: $0) } ?? -1
            credential.epoch = directory.epoch
            return true
        }
        guard let manager = credential.keyManager else { return false }
        credential.isRevoked = directory.isRevoked(credential)
        switch credential.kind {
        case .oauth2:
            guard directory.keyManagers.contains(manager, tenant: api.tenant) else { return false }
            let mapping = credential.consumerKey.flatMap {
                directory.mapping(manager, consumerKey: $0, tenant: api.tenant)
            }
            credential.application = mapping?.application ?? -1
            credential.keyType = mapping?.keyType ?? .production
        case .apiKey, .internalKey:
            guard directory.keyManagers.apiKeyIssuer(tenant: api.tenant) === manager else { return false }
            credential.application = credential.applicationID.map { directory.application(id: $0) } ?? -1
        case .opaqueKey, .certificate, .basic, .anonymous: return false
        }
        credential.epoch = directory.epoch
        return true
    }

    /// Checks what may change from request to request: time, revocation, the client's certificate, and whether the API takes the issuer's
    /// tokens.
    @inline(__always)
    private func accept(
        _ credential: Credential, _ api: CompiledAPI, _ call: Call, _ head: RequestHead
    ) -> Decision<Credential> {
        if credential.isRevoked || call.now >= credential.expires || call.now < credential.notBefore {
            return .refused(.invalidCredentials)
        }
        if let bound = credential.boundCertificate, presentedFingerprint(call, head) != bound {
            return .refused(.invalidCredentials)
        }
        if credential.kind == .oauth2, api.security.keyManagers != nil,
            !api.security.accepts(keyManager: credential.keyManager?.name ?? "")
        {
            return .refused(.invalidCredentials)
        }
        if credential.kind == .opaqueKey { noteUse(of: credential) }
        return .accepted(credential)
    }
}
