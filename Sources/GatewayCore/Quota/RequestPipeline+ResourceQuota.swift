import Counters

extension RequestPipeline {
    /// Counts on the level of the API or, without an API-level policy, of the operation.
    @inline(__always)
    func admitResource(_ counted: CountedRequest) -> Refusal? {
        let isAPILevel = counted.api.policy >= 0
        // A certificate has its own plan in place of the operations' policies.
        guard isAPILevel || counted.operation.policy >= 0 && counted.credential.kind != .certificate,
            let policy = counted.snapshot.policies[isAPILevel ? counted.api.policy : counted.operation.policy]
        else { return nil }
        let shared = isAPILevel ? counted.api.bucket : counted.operation.bucket
        let code: Int32 = isAPILevel ? 900_800 : 900_802
        if !policy.groups.isEmpty { return admitConditional(policy, shared, code, counted) }
        guard let limit = policy.limit else { return nil }
        let bucket = policy.isPerUser ? counted.credential.userBucket(beside: shared) : shared
        return count(bucket, limit, policy.label, QuotaLevel(code: code, countsBytes: policy.countsBytes), counted)
    }

    /// Counts on the limit of every group that the request belongs to, or on the policy's own limit if it belongs to none.
    @inline(never)
    private func admitConditional(
        _ policy: CompiledPolicy, _ shared: QuotaBucket, _ code: Int32, _ counted: CountedRequest
    ) -> Refusal? {
        let subject = ConditionSubject(
            head: counted.head, clientAddress: counted.exchange.clientAddress.bytes, credential: counted.credential,
            api: counted.api, application: counted.application)
        var isInGroup = false
        for group in policy.groups where group.applies(to: subject) {
            isInGroup = true
            guard let limit = group.limit else { continue }
            let bucket = conditionBucket(beside: shared, group.index, isPerUser: policy.isPerUser, counted)
            let level = QuotaLevel(code: code, countsBytes: group.countsBytes)
            if let refusal = count(bucket, limit, group.label, level, counted) { return refusal }
        }
        guard !isInGroup, let limit = policy.limit else { return nil }
        let bucket = conditionBucket(beside: shared, nil, isPerUser: policy.isPerUser, counted)
        return count(bucket, limit, policy.label, QuotaLevel(code: code, countsBytes: policy.countsBytes), counted)
    }

    /// The counter of a group, or that of the requests in no group.
    private func conditionBucket(
        beside shared: QuotaBucket, _ group: Int?, isPerUser: Bool, _ counted: CountedRequest
    ) -> QuotaBucket {
        let place = group.map { $0 + 1 } ?? 0
        while conditionBuckets.count <= place { conditionBuckets.append(DerivedBuckets(capacity: 4_096)) }
        let bucket = conditionBuckets[place].bucket(beside: shared) { key in
            group.map { "\(key)_condition_\($0)" } ?? key + "_default"
        }
        return isPerUser ? counted.credential.userBucket(beside: bucket) : bucket
    }
}
