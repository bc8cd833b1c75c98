import ContractRouter
import Operating

/// The operations of the contract `admin-v4`.
public struct AdminHandlers: Sendable {
    static let contract = "admin-v4"

    let policies: ThrottlingPolicies
    let environments: Environments
    let settings: AdminSettings

    public init(policies: ThrottlingPolicies, environments: Environments, settings: AdminSettings) {
        self.policies = policies
        self.environments = environments
        self.settings = settings
    }

    public func register(in table: inout HandlerTable) {
        ThrottlingHandlers(policies: policies).register(in: &table)
        PolicyTransferHandlers(policies: policies).register(in: &table)
        EnvironmentHandlers(environments: environments).register(in: &table)
        SettingsHandlers(settings: settings).register(in: &table)
    }
}
