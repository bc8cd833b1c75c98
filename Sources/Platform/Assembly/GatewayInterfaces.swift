import Consuming
import ContractRouter
import GatewayCore
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
    let quotas: ApplicationQuotas
    /// What the gateway of this process remembers; `nil` where no gateway runs.
    let journal: DecisionJournal?
    let tenants: TenantDirectory
    let credentials: CredentialAnswers
    let settings: Settings
    let spentTokens: SpentTokenRevocation

    func register(in table: inout HandlerTable) {
        let received = ReceivedDecisions()
        FeedRoutes(
            tokens: gateways.tokens, gateways: gateways.remote, reader: gateways.reader,
            tenant: { [tenants] in try await tenants.tenant(domain: $0) },
            revoke: spentTokens.revoke, heartbeatSeconds: settings[SettingsTable.heartbeatSeconds], decisions: received
        ).register(in: &table)
        GatewayNotificationHandlers(gateways: gateways.reporting).register(in: &table)
        CredentialRoutes(
            tokens: gateways.tokens, tenant: { [tenants] in try await tenants.tenant(domain: $0) }, answers: credentials
        ).register(in: &table)
        MartletHandlers(
            tokens: gateways.tokens, gateways: gateways.remote, deployments: gateways.deployments,
            apis: PublishedAPIDirectory(services: services), quotas: quotas,
            decisions: KnownDecisions(journal: journal, received: received, gateway: gateways.id)
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

extension CredentialAnswers {
    init(checks: CredentialChecks, keys: StoredAPIKeys) {
        self.init(
            introspect: { try await checks.introspect($0, keyManager: $1, tenant: $2) },
            authenticate: { try await checks.authenticate(user: $0, password: $1) },
            claims: { try await checks.claims(ofUser: $0, tenant: $1) },
            refreshKeys: { try await checks.refreshKeys(ofKeyManager: $0, tenant: $1) },
            noteKeyUses: { try await keys.noteUse(of: $0, ofTenants: $1, at: $2) })
    }
}
