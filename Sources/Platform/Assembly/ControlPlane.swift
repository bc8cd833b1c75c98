import AdminAPI
import Consuming
import ContractRouter
import DevOpsAPI
import DevPortalAPI
import Documents
import GatewayCore
import Identity
import IdentityAPI
import InspectionAPI
import InternalAPI
import Logging
import Model
import Operating
import OutgoingHTTP
import PublisherAPI
import Publishing
import Settings
import Storage

/// All capabilities of the management side, wired together once a process, and the handlers of their REST interfaces.
struct ControlPlane: Sendable {
    let identity: IdentityServices
    let handlers: HandlerTable
    let verifier: IdentityVerifier
    let apiKeys: StoredAPIKeys
    let spentTokens: SpentTokenRevocation
    let correlationLogs: CorrelationLogs

    init(
        state: StateStore, gateways: GatewayParts, readiness: Readiness, logs: GatewayLogs?, quotas: QuotaParts?,
        journal: DecisionJournal?, statements: StatementWatch?, settings: Settings, addresses: PlatformAddresses,
        time: TimeSource, random: RandomSource,
        policyTrial: @escaping PolicyTrial, logger: Logger
    ) throws {
        let changes = ChangeStore(store: state.store, delivery: gateways.delivery, vault: state.vault)
        let defaults = ThrottlingDefaults(random: random)
        correlationLogs = CorrelationLogs(changes: changes) { statements?.set(isOn: $0) }
        spentTokens = SpentTokenRevocation(changes: changes, time: time, logger: logger)
        let operating = OperatingParts(
            changes: changes, vault: state.vault, random: random, addresses: addresses,
            offersUnlimited: settings[SettingsTable.unlimitedTier])
        identity = try IdentityServices(
            changes: changes, vault: state.vault, settings: try Self.identitySettings(settings, addresses), time: time,
            random: random,
            tenantSteps: [{ change in try defaults.create(for: change.context.tenant, in: change) }]
                + Self.backendTokenSteps(settings, state.vault),
            userSteps: [
                { name, change in
                    try operating.denyPolicies.userWasCreated(name, in: change)
                    try operating.customRules.userWasCreated(name, in: change)
                }
            ],
            connections: KeyManagerConnections(
                fetcher: OutgoingFetcher(
                    policy: .fetch(allowing: settings[SettingsTable.fetchAllowedNetworks]),
                    limits: .init(size: 1 << 20, seconds: 10), proxy: try EgressProxy(settings: settings), logger: logger),
                logger: logger))
        let consuming = ConsumingParts(
            changes: changes, vault: state.vault, random: random, identity: identity, operating: operating,
            usage: GatewayUsage(quotas: quotas, gateways: gateways), logger: logger)
        apiKeys = consuming.services.storedAPIKeys
        let publishing = PublishingServices(
            try Self.publishingFoundation(
                state: state, changes: changes, settings: settings, random: random, identity: identity, operating: operating,
                policyTrial: policyTrial, logger: logger))
        var table = HandlerTable()
        HealthRoutes(
            store: state.store, feed: gateways.local, readiness: readiness, logs: logs,
            sharedCounters: quotas?.synchronizer?.status
        ).register(in: &table)
        IdentityHandlers(services: identity, logger: logger).register(in: &table)
        ReadinessHandlers { readiness.state.shown }.register(in: &table)
        InspectionHandlers(inventory: LocalInventory(feed: gateways.local)).register(in: &table)
        PublisherHandlers(
            publishing,
            settings: PublisherSettings(
                devPortalURL: addresses.management + "/devportal", scopes: try ContractScopes.of("publisher-v4")),
            gateways: PublisherGateways(deployments: gateways.deployments)
        ).register(in: &table)
        DevPortalHandlers(
            services: consuming.services,
            settings: DevPortalSettings(
                scopes: try ContractScopes.of("devportal-v3"),
                gatewayAddresses: [addresses.gatewayHTTP, addresses.gatewayHTTPS],
                allowsAnonymous: settings[SettingsTable.anonymousDevPortal],
                signsAPIKeys: settings[SettingsTable.signsAPIKeys])
        ).register(in: &table)
        AdminHandlers(
            policies: operating.policies, denyPolicies: operating.denyPolicies, customRules: operating.customRules,
            environments: operating.environments,
            settings: AdminSettings(
                scopes: try ContractScopes.of("admin-v4"),
                keyManagerTypes: KeyManagerType.addable.map(\.configurationJSON)),
            gateways: gateways.deployments
        ).register(in: &table)
        GatewayInterfaces(
            gateways: gateways, services: publishing, quotas: consuming.services.quotas, journal: journal,
            tenants: TenantDirectory(store: state.store),
            credentials: CredentialAnswers(checks: identity.credentialChecks, keys: apiKeys), settings: settings,
            spentTokens: spentTokens
        ).register(in: &table)
        APIKeyHandlers(keys: consuming.services.storedAPIKeys).register(in: &table)
        KeyManagerHandlers(
            managers: identity.keyManagers, wellKnown: identity.wellKnown, uses: KeyManagerParts.uses(changes)
        ).register(in: &table)
        DevOpsHandlers(
            apiLogs: APILogs(changes: changes, apis: StoredLoggedAPIs()), correlationLogs: correlationLogs,
            tenant: { [tenants = TenantDirectory(store: state.store)] in try await tenants.tenant(domain: $0) }
        ).register(in: &table)
        SystemScopeHandlers(scopes: SystemScopes(changes: changes, groups: try Self.scopeGroups())).register(in: &table)
        handlers = table
        verifier = IdentityVerifier(services: identity)
    }

    /// Tenants need keys for backend tokens only where there are such tokens.
    private static func backendTokenSteps(_ settings: Settings, _ vault: Vault) -> [TenantPreparation.Step] {
        guard settings[SettingsTable.backendTokensEnabled] else { return [] }
        let keys = BackendTokenKeys(vault: vault)
        return [{ change in try keys.ensure(in: change) }]
    }

    /// The scopes of each portal's contract, for the administrator who decides which roles get them.
    private static func scopeGroups() throws -> [SystemScopes.Group] {
        try ["publisher-v4", "devportal-v3", "admin-v4"].map { contract in
            SystemScopes.Group(tag: String(contract.prefix { $0 != "-" }), scopes: try ContractScopes.of(contract))
        }
    }

    private static func identitySettings(
        _ settings: Settings, _ addresses: PlatformAddresses
    ) throws -> IdentitySettings {
        IdentitySettings(
            publicURL: addresses.management, userTokenSeconds: settings[SettingsTable.userTokenSeconds],
            applicationTokenSeconds: settings[SettingsTable.applicationTokenSeconds],
            refreshTokenSeconds: settings[SettingsTable.refreshTokenSeconds],
            allowedScopes: try settings[SettingsTable.allowedScopes].map(scopePattern),
            keySetMilliseconds: Int64(settings[SettingsTable.keySetSeconds]) * 1000,
            keyManagerPatience: KeyManagerPatience(
                seconds: Int64(settings[SettingsTable.introspectionSeconds]),
                failures: settings[SettingsTable.introspectionFailures],
                pauseMilliseconds: Int64(settings[SettingsTable.introspectionPause]) * 1000))
    }

    private static func scopePattern(_ text: String) throws -> ScopePattern {
        do throws(SchemaPattern.Fault) { return try ScopePattern(text) } catch {
            throw StartProblem("\(SettingsTable.allowedScopes.path): '\(text)' is no regular expression: \(error.message)")
        }
    }

    private static func publishingFoundation(
        state: StateStore, changes: ChangeStore, settings: Settings, random: RandomSource, identity: IdentityServices,
        operating: OperatingParts, policyTrial: @escaping PolicyTrial, logger: Logger
    ) throws -> PublishingFoundation {
        let proxy = try EgressProxy(settings: settings)
        let directory = IdentityDirectory(
            users: identity.users, keys: identity.apiKeys, tenants: { try await identity.tenants.tenants(active: $0) })
        let fetchPolicy = AddressPolicy.fetch(allowing: settings[SettingsTable.fetchAllowedNetworks])
        return PublishingFoundation(
            changes: changes, vault: state.vault, random: random,
            environments: StoredEnvironments(environments: operating.environments),
            policies: StoredPolicies(changes: changes, catalogue: operating.catalogue),
            roles: directory, scopes: directory, keys: directory,
            subscriptions: StoredSubscriptions(directory: SubscriptionDirectory(random: random)),
            fetcher: OutgoingFetcher(policy: fetchPolicy, proxy: proxy, logger: logger),
            endpointProbe: OutgoingFetcher(policy: .endpoint(), proxy: proxy, logger: logger), policyTrial: policyTrial)
    }
}
