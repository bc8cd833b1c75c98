import Consuming
import ContractRouter
import Operating

/// The operations of the contract `martlet-v1`: what the platform offers beyond the contracts that clients of other products know.
public struct MartletHandlers: Sendable {
    public static let contract = "martlet-v1"

    let tokens: GatewayTokens
    let gateways: RemoteGateways
    let deployments: GatewayDeployments
    let apis: any APIDirectory
    let quotas: ApplicationQuotas
    let decisions: any DecisionSource

    public init(
        tokens: GatewayTokens, gateways: RemoteGateways, deployments: GatewayDeployments, apis: any APIDirectory,
        quotas: ApplicationQuotas, decisions: any DecisionSource
    ) {
        self.tokens = tokens
        self.gateways = gateways
        self.deployments = deployments
        self.apis = apis
        self.quotas = quotas
        self.decisions = decisions
    }

    public func register(in table: inout HandlerTable) {
        GatewayTokenHandlers(tokens: tokens, gateways: gateways).register(in: &table)
        GatewayHandlers(deployments: deployments, apis: apis).register(in: &table)
        QuotaHandlers(quotas: quotas).register(in: &table)
        DecisionHandlers(decisions: decisions, apis: apis).register(in: &table)
    }
}
