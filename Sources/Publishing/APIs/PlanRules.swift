import Documents
import Model

/// The rules about business plans on an update.
struct PlanRules {
    let policies: any PolicyDirectory

    /// Drops the internal plan beside others, and attaches the first applicable plan where one is needed and none is given.
    func apply(to document: inout JSONObject, state: LifecycleState, tenant: Tenant) async throws {
        var plans = document.strings("policies")
        if plans.count > 1 { plans.removeAll(where: ThrottlingPolicy.internalPlanNames.contains) }
        document["policies"] = JSONValue(plans)
        let needsPlan = !Set(document.strings("securityScheme")).isDisjoint(with: ["oauth2", "api_key"])
        let isThirdParty = document["advertiseInfo"]?["advertised"]?.bool ?? false
        guard plans.isEmpty, needsPlan, !isThirdParty, !state.isDraft else { return }
        let applicable = try await policies.policies(level: .subscription, of: tenant).filter { $0.isOffered && $0.countsCalls }
        guard let first = applicable.first else { throw CatalogueError.tierMissing }
        document["policies"] = [JSONValue(first.name)]
    }
}

extension ThrottlingPolicy {
    /// Whether the policy fits an API that is called request by request: not one that counts events or language-model tokens.
    public var countsCalls: Bool {
        switch limit.quota {
        case .requests, .bandwidth: true
        case .events, .tokens: false
        }
    }
}
