import ContractRouter
import Identity
import InternalAPI
import MartletAPI
import Model
import Operating
import PublisherAPI
import Publishing
import Settings

/// The interfaces of the control plane that have to do with gateways.
struct GatewayInterfaces: Sendable {
    let gateways: GatewayParts
    let services: PublishingServices
    let tenants: TenantDirectory
    let settings: Settings
    let spentTokens: SpentTokenRevocation

    func register(in table: inout HandlerTable) {
        FeedRoutes(
            tokens: gateways.tokens, gateways: gateways.remote, reader: gateways.reader,
            tenant: { [tenants] in try await tenants.tenant(domain: $0) },
            revoke: spentTokens.revoke, heartbeatSeconds: settings[SettingsTable.heartbeatSeconds]
        ).register(in: &table)
        MartletHandlers(
            tokens: gateways.tokens, gateways: gateways.remote, deployments: gateways.deployments,
            apis: PublishedAPIDirectory(services: services)
        ).register(in: &table)
    }
}

/// The APIs as their publishers see them.
struct PublishedAPIDirectory: APIDirectory {
    let services: PublishingServices

    func requireVisible(_ id: String, to caller: Principal) async throws {
        _ = try await services.deployments.list(ofAPI: id, for: caller)
    }
}

/// How many gateways serve a deployment, for the publisher.
struct PublisherGateways: DeploymentStatus {
    let deployments: GatewayDeployments

    func counts(ofAPI id: String, tenant: Tenant) async throws -> [String: DeploymentCount] {
        try await deployments.counts(ofAPI: id, tenant: tenant).mapValues {
            DeploymentCount(live: $0.live, deployed: $0.deployed, failed: $0.failed)
        }
    }
}
