import Model

extension RequestPipeline {
    /// The stage: what the caller may do.
    func authorize(_ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ exchange: Exchange) -> StageOutcome {
        guard let credential = exchange.credential else { return .refused(.invalidCredentials) }
        switch permission(of: credential, api, operation, call, exchange) {
        case .accepted(let subscription):
            exchange.subscription = subscription
            if let subscription { WorkingSet.fetch(subscription.bucket) }
            // Without a key of its own a call goes to whatever endpoint there is.
            let hasNoKey = [.anonymous, .internalKey, .basic].contains(credential.kind)
            if hasNoKey, api.backends[operation.backend].production == nil { exchange.keyType = .sandbox }
            guard let only = api.keyType, exchange.keyType != only else { return .next }
            if !hasNoKey { return .refused(.keyTypeNotTaken(here: only)) }
            exchange.keyType = only
            return .next
        case .refused(let refusal): return .refused(refusal)
        case .waits(let errand): return .waits(errand)
        }
    }

    /// Checks what an accepted credential may do: subscription, token type, scopes, audience. Sets the key type and application.
    func permission(
        of credential: Credential, _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ exchange: Exchange
    ) -> Decision<CompiledSubscription?> {
        exchange.keyType = credential.keyType
        switch credential.kind {
        case .anonymous, .certificate: return .accepted(nil)
        case .internalKey: return isFor(api, credential) ? .accepted(nil) : .refused(.subscriptionMissing)
        case .apiKey: return subscription(credential, api, call, exchange)
        case .opaqueKey:
            guard let key = credential.apiKey, key.opens(api) else { return .refused(.subscriptionMissing) }
            return subscription(credential, api, call, exchange)
        case .basic: return permission(ofUser: credential, operation)
        case .oauth2: break
        }
        if !api.security.audiences.isEmpty, !Self.intersect(api.security.audiences, credential.audiences) {
            return .refused(.wrongAudience)
        }
        if !Self.allows(operation.access, credential.subject) { return .refused(.wrongTokenType) }
        let found = subscription(credential, api, call, exchange)
        if case .accepted = found, !operation.scopes.isEmpty, !Self.intersect(operation.scopes, credential.scopes) {
            return .refused(.scopeMissing)
        }
        return found
    }

    /// Whoever signs in with a password needs no subscription.
    private func permission(
        ofUser credential: Credential, _ operation: CompiledOperation
    ) -> Decision<CompiledSubscription?> {
        if !Self.allows(operation.access, credential.subject) { return .refused(.wrongTokenType) }
        let isAllowed = operation.scopes.isEmpty || Self.intersect(operation.scopes, credential.scopes)
        return isAllowed ? .accepted(nil) : .refused(.scopeMissing)
    }

    func isFor(_ api: CompiledAPI, _ credential: Credential) -> Bool {
        credential.contexts.contains { Bytes.trimmingSlash($0) == api.context }
    }

    private static func intersect(_ left: [UInt64], _ right: [UInt64]) -> Bool {
        for one in left where right.contains(one) { return true }
        return false
    }

    private static func allows(_ access: CompiledOperation.Access, _ subject: Credential.Subject) -> Bool {
        switch access {
        case .applicationToken: subject != .user
        case .userToken: subject != .application
        case .anyToken, .anonymous: true
        }
    }

    /// The application's usable subscription to the API.
    private func subscription(
        _ credential: Credential, _ api: CompiledAPI, _ call: Call, _ exchange: Exchange
    ) -> Decision<CompiledSubscription?> {
        guard let application = call.snapshot.applications[credential.application] else {
            return api.security.requiresSubscription ? .refused(.subscriptionMissing) : .accepted(nil)
        }
        exchange.application = credential.application
        guard
            let found = call.snapshot.credentials.subscription(
                application: credential.application, apiIdentity: api.identity)
        else { return api.security.requiresSubscription ? .refused(.subscriptionMissing) : .accepted(nil) }
        guard application.isApproved else { return .refused(.subscriptionMissing) }
        switch found.state {
        case .usable: return .accepted(found)
        case .blocked: return .refused(.subscriptionBlocked)
        case .productionBlocked:
            return credential.keyType == .production ? .refused(.subscriptionBlocked) : .accepted(found)
        case .inactive: return .refused(.subscriptionInactive)
        case .rejected: return .refused(.subscriptionMissing)
        }
    }
}

extension Bytes {
    /// The bytes of a context as they lie in a compiled API.
    static func trimmingSlash(_ context: String) -> [UInt8] {
        var bytes = PathNormalization.definition(context)
        while bytes.last == 0x2f { bytes.removeLast() }
        return bytes
    }
}
