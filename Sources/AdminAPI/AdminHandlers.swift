import ContractRouter
import Operating

/// The operations of the contract `admin-v4`.
public struct AdminHandlers: Sendable {
    static let contract = "admin-v4"

    let policies: ThrottlingPolicies
    let denyPolicies: DenyPolicies
    let customRules: CustomRules
    let environments: Environments
    let settings: AdminSettings
    let gateways: GatewayDeployments

    public init(
        policies: ThrottlingPolicies, denyPolicies: DenyPolicies, customRules: CustomRules, environments: Environments,
        settings: AdminSettings, gateways: GatewayDeployments
    ) {
        self.policies = policies
        self.denyPolicies = denyPolicies
        self.customRules = customRules
        self.environments = environments
        self.settings = settings
        self.gateways = gateways
    }

    public func register(in table: inout HandlerTable) {
        ThrottlingHandlers(policies: policies, rules: customRules).register(in: &table)
        DenyPolicyHandlers(policies: denyPolicies).register(in: &table)
        CustomRuleHandlers(rules: customRules).register(in: &table)
        PolicyTransferHandlers(policies: policies, rules: customRules).register(in: &table)
        EnvironmentHandlers(environments: environments).register(in: &table)
        GatewayInstanceHandlers(environments: environments, gateways: gateways).register(in: &table)
        SettingsHandlers(settings: settings).register(in: &table)
    }
}
