import GatewayCore
import Identity
import Logging
import Model
import Operating
import Settings
import Storage

/// What the control plane has to do with gateways: the one in this process and those that run apart.
struct GatewayParts: Sendable {
    let local: LocalFeed
    let remote: RemoteGateways
    let tokens: GatewayTokens
    let deployments: GatewayDeployments
    let reader: GatewayRecordReader
    let reporting: ReportingGateways
    private let instances: GatewayInstances
    /// The id of the gateway of this process.
    let id: String
    private let environments: [String]
    private let host: String
    private let isShared: Bool
    private let time: TimeSource
    private let logger: Logger
    private let startedMilliseconds: Int64

    init(
        state: StateStore, settings: Settings, addresses: PlatformAddresses, gatewayID: String,
        policies: any FlowPolicySource, time: TimeSource, random: RandomSource, logger: Logger
    ) {
        // What is written here is nothing that gateways learn.
        let changes = ChangeStore(store: state.store, delivery: NoDelivery(), random: random)
        environments = settings[SettingsTable.gatewayLabels]
        isShared = settings[SettingsTable.databaseType] == "postgresql"
        id = gatewayID
        host = addresses.host
        self.time = time
        self.logger = logger
        startedMilliseconds = time.milliseconds
        local = LocalFeed(
            reader: GatewayEntityReader(state.store, vault: state.vault), scope: FeedScope(environments: Set(environments)),
            defaults: SnapshotDefaults(settings: settings), policies: policies, logger: logger)
        tokens = GatewayTokens(
            changes: changes, vault: state.vault, random: random,
            tenant: { domain in try await TenantDirectory(store: state.store).tenant(domain: domain) })
        let expiry = GatewayExpiry(
            activeMilliseconds: Int64(settings[SettingsTable.gatewayExpirySeconds]) * 1000,
            retainedMilliseconds: Int64(settings[SettingsTable.gatewayRetentionSeconds]) * 1000)
        instances = GatewayInstances(changes: changes, expiry: expiry)
        reporting = ReportingGateways(changes: changes, expiry: expiry)
        remote = RemoteGateways(
            instances: instances, tokens: tokens,
            settings: .init(
                isShared: isShared, ownGateway: GatewayIdentity(owner: Tenant.superTenant.id, id: gatewayID)),
            time: time, random: random, logger: logger)
        reader = GatewayRecordReader(state.store, vault: state.vault)
        deployments = GatewayDeployments(changes: changes, instances: instances, time: time) {
            [local, remote, gatewayID, time] in
            var signs = await remote.acknowledgements
            signs[GatewayIdentity(owner: Tenant.superTenant.id, id: gatewayID)] = GatewaySign(
                milliseconds: time.milliseconds, isConnected: true, acknowledged: await local.appliedSequence)
            return signs
        }
    }

    var delivery: PlatformDelivery { PlatformDelivery(local: local, remote: remote) }

    /// The log has grown, perhaps by a change of another node.
    func changed(_ sequence: Int64) async {
        await remote.announce()
        await local.delivered(sequence)
        // Other nodes wait for this gateway by looking into the database.
        if isShared, await local.appliedSequence > 0 { await noteLocal(isConnected: true) }
    }

    /// Enters the gateway of this process in the list of gateways.
    func noteLocal(isConnected: Bool) async {
        let sequence = await local.appliedSequence
        guard await local.isAttached else { return }
        let instance = GatewayInstance(
            id: id, owner: .superTenant, token: nil, environments: environments, tenants: [], host: host,
            version: ProductVersion.text, startedMilliseconds: startedMilliseconds, activeMilliseconds: time.milliseconds,
            isConnected: isConnected, acknowledged: sequence)
        do {
            try await instances.register(instance, session: "local")
        } catch {
            logger.warning("The gateway of this process could not be listed.", metadata: ["error": "\(error)"])
        }
    }
}
