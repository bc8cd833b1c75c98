import Counters

extension RequestPipeline {
    /// Counts on the custom rules that the request belongs to. A rule refuses it when the counter that its template names is used up,
    /// whether the rule would count the request or not.
    @inline(__always)
    func admitCustomRules(_ counted: CountedRequest, _ subscription: CompiledSubscription?) -> Refusal? {
        counted.snapshot.customRules.isEmpty ? nil : admitEachRule(counted, subscription)
    }

    @inline(never)
    private func admitEachRule(_ counted: CountedRequest, _ subscription: CompiledSubscription?) -> Refusal? {
        for rule in counted.snapshot.customRules.rules {
            let request = RuleSubject(counted: counted, subscription: subscription, users: rule.users)
            if let refusal = admit(rule, request) {
                counted.exchange.byteCharges.removeAll(keepingCapacity: true)
                return refusal
            }
        }
        return nil
    }

    private func admit(_ rule: CompiledCustomRule, _ request: RuleSubject) -> Refusal? {
        let now = request.counted.now
        let template = rule.templateKey(for: request)
        let counted = rule.countedKey(for: request)
        let refusal = Refusal.quotaExceeded(900_806, nextAccess: rule.limit.windowEnd(at: now))
        if let template, template != counted,
            !admission.allows(ruleBuckets.bucket(template), rule.limit, nowMilliseconds: now)
        {
            return refusal
        }
        guard let counted else { return nil }
        let isAdmitted = admission.admit(
            ruleBuckets.bucket(counted), rule.limit, amount: rule.amount(for: request), always: template != counted,
            nowMilliseconds: now)
        return isAdmitted ? nil : refusal
    }
}
