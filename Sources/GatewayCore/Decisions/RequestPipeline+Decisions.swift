import Model
import Tokens

extension RequestPipeline {
    /// Remembers why a request was refused, or how a traced one went. Off the plain path.
    @inline(never)
    func explain(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        guard let decisions, exchange.errorCode != 0 || isTraced(exchange, head, nowMilliseconds: nowMilliseconds),
            decisions.admits(nowMilliseconds: nowMilliseconds)
        else { return }
        let fields = head.map { RequestFields($0) }
        let hasGivenID = fields.map { $0.activityID >= 0 && Self.isGivenID(exchange, $0, head) } ?? false
        // A client may use one activity id for many requests; the gateway's own id is never shared.
        let requestID = hasGivenID ? makeID() : Array(exchange.requestID)
        let api = exchange.snapshot?.apis[exchange.api]
        let tenantDomain = api?.tenantDomain ?? Self.tenantDomain(head)
        let finding = finding(exchange, api, fields, head, nowMilliseconds: nowMilliseconds)
        let facts = DecisionFacts(
            requestID: requestID, tenantDomain: tenantDomain, api: api, rule: finding.rule, application: finding.application,
            nowMilliseconds: nowMilliseconds)
        let json = decisionWriter.json(facts, exchange, head)
        decisions.append(
            .init(requestID: requestID, activityID: Array(exchange.requestID), tenantDomain: tenantDomain, json: json))
    }

    private static func isGivenID(_ exchange: Exchange, _ fields: RequestFields, _ head: RequestHead?) -> Bool {
        guard let head else { return false }
        return exchange.requestID.elementsEqual(RequestFields.value(fields.activityID, head))
    }

    // MARK: Tracing

    /// Whether the request was sent with a test key of its API, to call it or only to have the call traced.
    private func isTraced(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) -> Bool {
        if exchange.usesInternalKey { return true }
        guard let head, let snapshot = exchange.snapshot, let api = snapshot.apis[exchange.api],
            failureLimiter.allows(exchange.clientAddress.bytes, nowMilliseconds: nowMilliseconds)
        else { return false }
        let key = RequestFields.value(RequestFields(head).trace, head)
        guard !key.isEmpty else { return false }
        let reader = CredentialReader(
            directory: snapshot.credentials, settings: settings.credentials, keepsClaims: false)
        if case .accepted(let credential)? = try? reader.read(Array(key), .internalKey, for: api),
            !snapshot.credentials.isRevoked(credential), nowMilliseconds < credential.expires,
            nowMilliseconds >= credential.notBefore, isFor(api, credential)
        {
            return true
        }
        // Like a wrong credential: having many of them checked costs their sender more than the gateway.
        failureLimiter.noteFailure(exchange.clientAddress.bytes, nowMilliseconds: nowMilliseconds)
        return false
    }

    // MARK: Why

    private func finding(
        _ exchange: Exchange, _ api: CompiledAPI?, _ fields: RequestFields?, _ head: RequestHead?, nowMilliseconds: Int64
    ) -> CredentialDiagnosis.Finding {
        let rule = DecisionRule(code: Int(exchange.errorCode), status: Int(exchange.status), isAPIKnown: api != nil)
        var finding = CredentialDiagnosis.Finding(rule: rule, application: exchange.application)
        if exchange.stage.holdsPolicies, !rule.isOfUpstream, rule != .passed {
            finding.rule = exchange.status < 500 ? .policyRefused : .policyFailed
            return finding
        }
        if rule == .requestMalformed, let head, PathSafety.hasDotSegment(head.bytes(head.path)) { finding.rule = .pathUnsafe }
        guard let api, let fields, let head, let snapshot = exchange.snapshot else { return finding }
        switch (exchange.stage, rule) {
        case (.authenticate, .subscriptionMissing) where api.isUnpublished: finding.rule = .apiUnpublished
        case (.authenticate, .subscriptionMissing):
            finding = diagnosis(api, fields, head, exchange, snapshot, nowMilliseconds)
            finding.rule = .keyRestricted
        case (.authenticate, .credentialInvalid):
            finding = diagnosis(api, fields, head, exchange, snapshot, nowMilliseconds)
        case (.authorize, .credentialInvalid): finding.rule = .keyTypeNotTaken
        case (.authorize, .subscriptionMissing): finding.rule = Self.subscriptionRule(api, exchange, snapshot)
        default: break
        }
        if finding.application < 0 { finding.application = exchange.credential?.application ?? -1 }
        return finding
    }

    private func diagnosis(
        _ api: CompiledAPI, _ fields: RequestFields, _ head: RequestHead, _ exchange: Exchange, _ snapshot: Snapshot,
        _ nowMilliseconds: Int64
    ) -> CredentialDiagnosis.Finding {
        let diagnosis = CredentialDiagnosis(
            directory: snapshot.credentials, settings: settings.credentials, nowMilliseconds: nowMilliseconds)
        if fields.internalKey >= 0 {
            return diagnosis.finding(Array(RequestFields.value(fields.internalKey, head)), .internalKey, for: api)
        }
        let offer = CredentialOffer(api.security, fields, head, exchange)
        if let token = offer.token { return diagnosis.finding(Array(token), .oauth2, for: api) }
        if let key = offer.apiKey {
            return diagnosis.finding(Array(key), OpaqueAPIKey.hasPrefix(key) ? .opaqueKey : .apiKey, for: api)
        }
        return CredentialDiagnosis.Finding(rule: api.security.requiresMutualTLS ? .certificateMissing : .credentialInvalid)
    }

    private static func subscriptionRule(_ api: CompiledAPI, _ exchange: Exchange, _ snapshot: Snapshot) -> DecisionRule {
        if exchange.usesInternalKey { return .keyOfAnotherAPI }
        guard let application = snapshot.applications[exchange.application],
            snapshot.credentials.subscription(application: exchange.application, apiIdentity: api.identity) != nil
        else { return .subscriptionMissing }
        return application.isApproved ? .subscriptionRejected : .applicationNotApproved
    }

    /// The domain in `/t/{domain}/…` of a path that leads to no API; else the super tenant's.
    private static func tenantDomain(_ head: RequestHead?) -> String {
        guard let head else { return Tenant.superTenant.domain }
        let segments = head.bytes(head.path).prefix(300).split(separator: 0x2f, maxSplits: 2)
        guard segments.count > 1, segments[0].elementsEqual([UInt8(ascii: "t")]) else { return Tenant.superTenant.domain }
        return String(decoding: segments[1], as: UTF8.self).lowercased()
    }
}
