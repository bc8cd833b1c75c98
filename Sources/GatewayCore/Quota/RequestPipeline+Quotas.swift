import Counters
import Model

/// What the quota stage needs to know of the request at hand.
struct CountedRequest {
    let credential: Credential
    let api: CompiledAPI
    let operation: CompiledOperation
    let snapshot: Snapshot
    let head: RequestHead
    let exchange: Exchange
    /// Milliseconds since 1970.
    let now: Int64
    /// Length of the body; 0 if there is none or if it is not known yet.
    let bytes: Int64

    init(
        _ credential: Credential, _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead,
        _ exchange: Exchange
    ) {
        self.credential = credential
        self.api = api
        self.operation = operation
        snapshot = call.snapshot
        now = call.now
        self.head = head
        self.exchange = exchange
        if case .length(let length) = head.body { bytes = length } else { bytes = 0 }
    }

    var application: CompiledApplication? { snapshot.applications[credential.application] }
}

extension RequestPipeline {
    /// The stage: whether deny policies and the quotas of caller and API allow one more request.
    func admit(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        guard let credential = exchange.credential else { return .refused(.invalidCredentials) }
        if denies(credential, api, call, exchange) { return .refused(.denied) }
        return admit(credential, exchange.subscription, api, operation, call, head, exchange).map(StageOutcome.refused) ?? .next
    }

    /// Counts the request on every level, or refuses it and counts it on none: API or operation, subscription and its burst
    /// control, application × user and its burst control, custom rules, and last what the back end is spared.
    private func admit(
        _ credential: Credential, _ subscription: CompiledSubscription?, _ api: CompiledAPI, _ operation: CompiledOperation,
        _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Refusal? {
        admission.begin()
        let counted = CountedRequest(credential, api, operation, call, head, exchange)
        guard settings.writesRateLimits else { return admitOnLevels(counted, subscription) }
        rateLimits.begin()
        let refusal = admitOnLevels(counted, subscription)
        rateLimits.appendLines(to: exchange.addedResponseLines)
        return refusal
    }

    @inline(__always)
    private func admitOnLevels(_ counted: CountedRequest, _ subscription: CompiledSubscription?) -> Refusal? {
        if let refusal = admitResource(counted) { return refusal }
        let planRefusal: Refusal? =
            switch counted.credential.kind {
            case .internalKey, .basic: nil
            case .certificate: admitCertificate(counted)
            case .anonymous: admitAnonymous(counted)
            case .oauth2, .apiKey, .opaqueKey: admitPlans(counted, subscription)
            }
        if let planRefusal { return planRefusal }
        if let refusal = admitCustomRules(counted, subscription) { return refusal }
        return admitThroughput(counted)
    }

    /// Last, so that what another level refuses takes nothing from the back end's share.
    @inline(__always)
    private func admitThroughput(_ counted: CountedRequest) -> Refusal? {
        let backend = counted.api.backends[counted.operation.backend]
        guard let throughput = backend.throughput(counted.exchange.keyType) else { return nil }
        if admission.admit(throughput.bucket, throughput.limit, nowMilliseconds: counted.now) { return nil }
        counted.exchange.byteCharges.removeAll(keepingCapacity: true)
        return .backendLimitReached
    }

    @inline(__always)
    private func admitPlans(_ counted: CountedRequest, _ subscription: CompiledSubscription?) -> Refusal? {
        if let subscription {
            if let policy = counted.snapshot.policies[subscription.policy],
                let refusal = admitSubscription(subscription, policy, counted)
            {
                return refusal
            }
        } else if let policy = counted.snapshot.policies[counted.api.subscriptionlessPolicy],
            let refusal = admitSubscriptionless(policy, counted)
        {
            return refusal
        }
        guard let application = counted.application, let policy = counted.snapshot.policies[application.policy] else {
            return nil
        }
        return admitApplication(application, policy, counted)
    }

    private func admitSubscription(
        _ subscription: CompiledSubscription, _ policy: CompiledPolicy, _ counted: CountedRequest
    ) -> Refusal? {
        let always = !policy.stopsOnQuotaReach
        if let limit = policy.limit {
            let level = QuotaLevel(code: 900_804, countsBytes: policy.countsBytes, always: always)
            if let refusal = count(subscription.bucket, limit, policy.label, level, counted) { return refusal }
        }
        guard let burst = policy.burst else { return nil }
        let level = QuotaLevel(code: 900_807, always: always, tellsTime: false)
        return count(subscription.burstBucket, burst, policy.burstLabel, level, counted)
    }

    /// Calls of an API that needs no subscription, counted by user.
    private func admitSubscriptionless(_ policy: CompiledPolicy, _ counted: CountedRequest) -> Refusal? {
        guard let limit = policy.limit else { return nil }
        let bucket = counted.credential.userBucket(beside: counted.api.subscriptionlessBucket)
        let level = QuotaLevel(code: 900_804, countsBytes: policy.countsBytes)
        return count(bucket, limit, policy.label, level, counted)
    }

    private func admitApplication(
        _ application: CompiledApplication, _ policy: CompiledPolicy, _ counted: CountedRequest
    ) -> Refusal? {
        if let limit = policy.limit {
            let bucket = counted.credential.applicationCounter(application)
            let level = QuotaLevel(code: 900_803, countsBytes: policy.countsBytes)
            if let refusal = count(bucket, limit, policy.label, level, counted) { return refusal }
        }
        guard let burst = policy.burst else { return nil }
        let level = QuotaLevel(code: 900_803, tellsTime: false)
        return count(
            counted.credential.applicationBurstCounter(application), burst, policy.burstLabel, level, counted)
    }

    /// Calls without credential are counted by client address under the plan `Unauthenticated`.
    private func admitAnonymous(_ counted: CountedRequest) -> Refusal? {
        guard let policy = counted.snapshot.policies[counted.api.anonymousPolicy], let limit = policy.limit else {
            return nil
        }
        let bucket = counted.credential.anonymousCounter(counted.api, anonymousKey)
        let level = QuotaLevel(code: 900_804, countsBytes: policy.countsBytes)
        return count(bucket, limit, policy.label, level, counted)
    }
}
