import Model

/// What custom rules look at.
struct RuleSubject {
    let counted: CountedRequest
    let subscription: CompiledSubscription?
    /// Names by ids of the users whom the rule at hand names.
    let users: [String: [UInt8]]

    var clientAddress: IPAddress? { IPAddress(counted.exchange.clientAddress.bytes) }

    func value(of attribute: CustomRuleAttribute) -> RuleValue { text(of: attribute).map(RuleValue.text) ?? .missing }

    /// The value of an attribute; `nil` if the request has none.
    func text(of attribute: CustomRuleAttribute) -> [UInt8]? {
        let api = counted.api
        switch attribute {
        case .messageID: return Array(counted.exchange.requestID)
        case .userId: return userName
        case .apiContext: return api.contextPath
        case .apiVersion: return Array(api.version.utf8)
        case .apiName: return api.name
        case .apiTenant: return Array(api.tenantDomain.utf8)
        case .apiKey: return api.contextPath + colon + Array(api.version.utf8)
        case .apiTier: return planName(api.policy)
        case .resourceKey: return counted.operation.resourceKey
        case .resourceTier: return planName(counted.operation.policy)
        case .clientIp: return clientAddress.map { Array($0.decimal.utf8) }
        case .appId, .appKey, .appTier, .appTenant, .subscriptionKey, .subscriptionTier: return applicationText(attribute)
        }
    }

    private func applicationText(_ attribute: CustomRuleAttribute) -> [UInt8]? {
        guard let application = counted.application else { return nil }
        let number = Array(String(application.definition.number).utf8)
        switch attribute {
        case .appId: return number
        case .appKey: return number + colon + userName
        case .appTier: return Array(application.definition.policy.utf8)
        case .appTenant: return Array(application.definition.tenantDomain.utf8)
        default: break
        }
        guard let subscription else { return nil }
        let plan = Array(subscription.plan.utf8)
        let api = counted.api
        return attribute == .subscriptionTier
            ? plan : number + colon + api.contextPath + colon + Array(api.version.utf8) + colon + plan
    }

    private var userName: [UInt8] {
        guard !users.isEmpty, let id = counted.credential.userID, let name = users[id] else {
            return counted.credential.userName
        }
        return name
    }

    private func planName(_ slot: Int32) -> [UInt8] {
        counted.snapshot.policies[slot]?.name ?? Array(ThrottlingPolicy.unlimitedName.utf8)
    }

    private var colon: [UInt8] { [0x3a] }
}
