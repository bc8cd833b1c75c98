import Model
import Tokens

/// What a check of a credential or a right says.
enum Decision<Accepted> {
    case accepted(Accepted)
    indirect case refused(Refusal)
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
            exchange.userName.append(credential.userName)
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
        exchange.removesKeyParameters = offer.hasKeyParameters
        if call.fields.internalKey >= 0 {
            return check(RequestFields.value(call.fields.internalKey, head), .internalKey, api, call, head, exchange)
        }
        if api.security.acceptsMutualTLS {
            return authenticateByCertificate(offer, api, operation, call, head, exchange)
        }
        if operation.access == .anonymous { return .accepted(anonymous(api, call, exchange)) }
        if api.isUnpublished { return .refused(.subscriptionMissing) }
        return authenticate(offer, api, call, head, exchange)
    }

    /// Checks the credentials of the application level in order; the first good one counts.
    private func authenticate(
        _ offer: CredentialOffer, _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Decision<Credential> {
        var failure: Refusal?
        if let token = offer.token {
            switch check(token, .oauth2, api, call, head, exchange) {
            case .accepted(let credential): return .accepted(credential)
            case .refused(let refusal): failure = refusal
            case .waits(let errand): return .waits(errand)
            }
        }
        if let password = offer.password {
            switch checkPassword(password, api, call, exchange) {
            case .accepted(let credential): return .accepted(credential)
            case .refused(let refusal): failure = failure ?? refusal
            case .waits(let errand): return .waits(errand)
            }
        }
        if let key = offer.apiKey {
            let kind: Credential.Kind = OpaqueAPIKey.hasPrefix(key) ? .opaqueKey : .apiKey
            switch check(key, kind, api, call, head, exchange) {
            case .accepted(let credential): return permit(credential, head, call, exchange)
            case .refused(let refusal): failure = failure ?? refusal
            case .waits(let errand): return .waits(errand)
            }
        }
        return .refused(failure ?? .missingCredentials(api.security))
    }

    /// The way of APIs with mutual TLS. Where it is mandatory it holds for every operation: only the application level is waived for those
    /// that need no credential. Where both levels are optional, either is enough.
    private func authenticateByCertificate(
        _ offer: CredentialOffer, _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead,
        _ exchange: Exchange
    ) -> Decision<Credential> {
        let rules = api.security
        if RequestFields.isLate(settings.credentials.certificateHeader, head) { return .refused(.tooManyFields) }
        removeForwardedCertificate(head, exchange)
        var certificate: Credential?
        switch certificateCredential(api, call, head, exchange) {
        case .accepted(let credential): certificate = credential
        case .refused(let refusal) where rules.requiresMutualTLS: return .refused(refusal)
        case .refused: break
        case .waits(let errand): return .waits(errand)
        }
        if certificate == nil, rules.requiresMutualTLS { return .refused(.invalidCredentials) }
        if operation.access == .anonymous { return .accepted(certificate ?? anonymous(api, call, exchange)) }
        if api.isUnpublished { return .refused(.subscriptionMissing) }
        guard rules.acceptsApplicationCredentials else {
            return certificate.map { .accepted($0) } ?? .refused(.invalidCredentials)
        }
        let application = authenticate(offer, api, call, head, exchange)
        return rules.requiresApplicationCredential
            ? application : either(certificate, application, api, operation, call, exchange)
    }

    /// Either of both levels is enough; `application` is what the other one has come to.
    private func either(
        _ certificate: Credential?, _ application: Decision<Credential>, _ api: CompiledAPI, _ operation: CompiledOperation,
        _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        if case .waits = application { return application }
        guard case .accepted(let credential) = application else {
            if let certificate { return .accepted(certificate) }
            // A bad credential counts as none. One that nobody could judge is neither bad nor good.
            if case .refused(let refusal) = application, refusal.status == 429 || refusal.status >= 500 { return application }
            return .refused(.missingCredentials(api.security))
        }
        guard let certificate else { return application }
        // A token without the right to the API must not spoil what the certificate alone may do.
        if case .accepted = permission(of: credential, api, operation, call, exchange) { return application }
        exchange.application = -1
        return .accepted(certificate)
    }

    private func permit(
        _ credential: Credential, _ head: RequestHead, _ call: Call, _ exchange: Exchange
    ) -> Decision<Credential> {
        guard let restriction = credential.restriction else { return .accepted(credential) }
        let referer = RequestFields.value(call.fields.referer, head)
        return restriction.permits(address: exchange.clientAddress.bytes, referer: referer)
            ? .accepted(credential) : .refused(.accessForbidden)
    }
}
