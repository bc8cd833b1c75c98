import ContractRouter
import Operating

/// The operations of the contract `martlet-v1`: what the platform offers beyond the contracts that clients of other products know.
public struct MartletHandlers: Sendable {
    public static let contract = "martlet-v1"

    let tokens: GatewayTokens
    let gateways: RemoteGateways
    let deployments: GatewayDeployments
    let apis: any APIDirectory

    public init(
        tokens: GatewayTokens, gateways: RemoteGateways, deployments: GatewayDeployments, apis: any APIDirectory
    ) {
        self.tokens = tokens
        self.gateways = gateways
        self.deployments = deployments
        self.apis = apis
    }

    public func register(in table: inout HandlerTable) {
        GatewayTokenHandlers(tokens: tokens, gateways: gateways).register(in: &table)
        GatewayHandlers(deployments: deployments, apis: apis).register(in: &table)
    }
}
