import ContractRouter
import Operating

/// The operations of the contract `admin-v4`.
public struct AdminHandlers: Sendable {
    static let contract = "admin-v4"

    let policies: ThrottlingPolicies
    let environments: Environments
    let settings: AdminSettings
    let gateways: GatewayDeployments

    public init(
        policies: ThrottlingPolicies, environments: Environments, settings: AdminSettings, gateways: GatewayDeployments
    ) {
        self.policies = policies
        self.environments = environments
        self.settings = settings
        self.gateways = gateways
    }

    public func register(in table: inout HandlerTable) {
        ThrottlingHandlers(policies: policies).register(in: &table)
        PolicyTransferHandlers(policies: policies).register(in: &table)
        EnvironmentHandlers(environments: environments).register(in: &table)
        GatewayInstanceHandlers(environments: environments, gateways: gateways).register(in: &table)
        SettingsHandlers(settings: settings).register(in: &table)
    }
}
