extension GatewayPolicy {
    /// The form in which gateways know `policy`.
    public init(_ policy: ThrottlingPolicy, tenant: Tenant) {
        let (quota, limit) = policy.limit.quota.compiled
        self.init(
            tenant: tenant.id, level: policy.level.gatewayLevel, name: policy.name, quota: quota, limit: limit,
            windowMilliseconds: policy.limit.windowMilliseconds,
            stopsOnQuotaReach: policy.plan?.stopsOnQuotaReach ?? true, burstLimit: policy.burst?.count ?? 0,
            burstWindowMilliseconds: policy.burst?.windowMilliseconds ?? 0, perUser: policy.isPerUser ?? false,
            groups: policy.conditionalGroups.isEmpty ? nil : policy.conditionalGroups.map(GatewayConditionalGroup.init))
    }
}

extension GatewayConditionalGroup {
    init(_ group: ConditionalGroup) {
        let (quota, limit) = group.limit.quota.compiled
        self.init(
            conditions: group.conditions, quota: quota, limit: limit, windowMilliseconds: group.limit.windowMilliseconds)
    }
}

extension ThrottlingLevel {
    public var gatewayLevel: GatewayPolicy.Level {
        switch self {
        case .application: .application
        case .subscription: .subscription
        case .advanced: .api
        }
    }
}

extension ThrottlingQuota {
    fileprivate var compiled: (GatewayPolicy.Quota, Int) {
        switch self {
        case .requests(let count): (.requests, count.boundless)
        case .bandwidth(let amount, let unit): (.bytes, unit.bytes(in: amount))
        case .events(let count): (.events, count.boundless)
        // Tokens are counted where the answers of language models are read; here only the requests.
        case .tokens(let requests, _, _, _): (.requests, requests == 0 ? .max : requests.boundless)
        }
    }
}

extension ThrottlingQuota.DataUnit {
    /// `amount` units in bytes; what does not fit is no limit.
    fileprivate func bytes(in amount: Int) -> Int {
        let (product, overflow) = amount.multipliedReportingOverflow(by: bytes)
        return overflow ? .max : product
    }
}

extension Int {
    /// The gateways' value for no limit in place of the clients'.
    fileprivate var boundless: Int { self == ThrottlingQuota.unlimited ? .max : self }
}
