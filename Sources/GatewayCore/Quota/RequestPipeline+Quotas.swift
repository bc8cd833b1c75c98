import Counters
import Model

extension RequestPipeline {
    /// Counts the request on every level, or refuses it and counts it on none: API or operation, subscription and its burst
    /// control, application × user and its burst control.
    func admit(
        _ credential: Credential, _ subscription: CompiledSubscription?, _ api: CompiledAPI, _ operation: CompiledOperation,
        _ call: Call, _ head: RequestHead
    ) -> Refusal? {
        admission.begin()
        let policies = call.snapshot.policies
        var bytes: Int64 = 0
        if case .length(let length) = head.body { bytes = length }
        if let refusal = admitResource(credential, api, operation, policies, bytes, call.now) { return refusal }
        switch credential.kind {
        case .internalKey: return nil
        case .certificate: return admitCertificate(credential, policies, bytes, call.now)
        case .anonymous: return admitAnonymous(credential, api, policies, bytes, call.now)
        case .oauth2, .apiKey: break
        }
        if let subscription, let policy = policies[subscription.policy],
            let refusal = admitSubscription(subscription, policy, bytes, call.now)
        {
            return refusal
        }
        guard let application = call.snapshot.applications[credential.application],
            let policy = policies[application.policy]
        else { return nil }
        return admitApplication(credential, application, policy, bytes, call.now)
    }

    @inline(__always)
    private func admitResource(
        _ credential: Credential, _ api: CompiledAPI, _ operation: CompiledOperation, _ policies: ChunkedArray<CompiledPolicy>,
        _ bytes: Int64, _ now: Int64
    ) -> Refusal? {
        let isAPILevel = api.policy >= 0
        // A certificate has its own plan in place of the operations' policies.
        guard isAPILevel || operation.policy >= 0 && credential.kind != .certificate,
            let policy = policies[isAPILevel ? api.policy : operation.policy],
            let limit = policy.limit
        else { return nil }
        let shared = isAPILevel ? api.bucket : operation.bucket
        let bucket = policy.isPerUser ? credential.userBucket(beside: shared) : shared
        let isAdmitted = admission.admit(bucket, limit, amount: policy.countsBytes ? bytes : 1, nowMilliseconds: now)
        return isAdmitted ? nil : .quotaExceeded(isAPILevel ? 900_800 : 900_802, nextAccess: limit.windowEnd(at: now))
    }

    private func admitSubscription(
        _ subscription: CompiledSubscription, _ policy: CompiledPolicy, _ bytes: Int64, _ now: Int64
    ) -> Refusal? {
        let always = !policy.stopsOnQuotaReach
        if let limit = policy.limit,
            !admission.admit(
                subscription.bucket, limit, amount: policy.countsBytes ? bytes : 1, always: always, nowMilliseconds: now)
        {
            return .quotaExceeded(900_804, nextAccess: limit.windowEnd(at: now))
        }
        if let burst = policy.burst,
            !admission.admit(subscription.burstBucket, burst, always: always, nowMilliseconds: now)
        {
            return .quotaExceeded(900_807, nextAccess: nil)
        }
        return nil
    }

    private func admitApplication(
        _ credential: Credential, _ application: CompiledApplication, _ policy: CompiledPolicy, _ bytes: Int64, _ now: Int64
    ) -> Refusal? {
        if let limit = policy.limit,
            !admission.admit(
                credential.applicationCounter(application), limit, amount: policy.countsBytes ? bytes : 1, nowMilliseconds: now)
        {
            return .quotaExceeded(900_803, nextAccess: limit.windowEnd(at: now))
        }
        if let burst = policy.burst,
            !admission.admit(credential.applicationBurstCounter(application), burst, nowMilliseconds: now)
        {
            return .quotaExceeded(900_803, nextAccess: nil)
        }
        return nil
    }

    /// Calls without credential are counted by client address under the plan `Unauthenticated`.
    private func admitAnonymous(
        _ credential: Credential, _ api: CompiledAPI, _ policies: ChunkedArray<CompiledPolicy>, _ bytes: Int64, _ now: Int64
    ) -> Refusal? {
        guard let policy = policies[api.anonymousPolicy], let limit = policy.limit else { return nil }
        let isAdmitted = admission.admit(
            credential.anonymousCounter(api, anonymousKey), limit, amount: policy.countsBytes ? bytes : 1, nowMilliseconds: now)
        return isAdmitted ? nil : .quotaExceeded(900_804, nextAccess: limit.windowEnd(at: now))
    }
}

extension Credential {
    /// The counter of an application × this user; made with the credential's first use, and anew when the application changes.
    func applicationCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBucket, countedApplication == application.definition.number { return bucket }
        countedApplication = application.definition.number
        applicationBurstBucket = nil
        let bucket = QuotaBucket(key: "application:" + counterKey(application))
        applicationBucket = bucket
        return bucket
    }

    /// The counter of the same pair for burst control.
    func applicationBurstCounter(_ application: CompiledApplication) -> QuotaBucket {
        if let bucket = applicationBurstBucket, countedApplication == application.definition.number { return bucket }
        _ = applicationCounter(application)
        let bucket = QuotaBucket(key: "application-burst:" + counterKey(application))
        applicationBurstBucket = bucket
        return bucket
    }

    private func counterKey(_ application: CompiledApplication) -> String {
        "\(application.definition.number):\(String(decoding: userName, as: UTF8.self))"
    }

    /// The counter of an anonymous caller of an API.
    func anonymousCounter(_ api: CompiledAPI, _ key: [UInt8]) -> QuotaBucket {
        if let bucket = applicationBucket { return bucket }
        let address = String(decoding: key.dropFirst(MemoryLayout<Int32>.size), as: UTF8.self)
        let bucket = QuotaBucket(key: "anonymous:\(address):\(api.id)")
        applicationBucket = bucket
        return bucket
    }
}
