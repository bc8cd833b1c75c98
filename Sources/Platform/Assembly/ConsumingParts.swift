import Consuming
import DevPortalAPI
import Identity
import Logging
import Model
import Operating
import Storage

/// The capabilities behind the developer portal.
struct ConsumingParts: Sendable {
    let services: DevPortalServices

    init(
        changes: ChangeStore, vault: Vault, random: RandomSource, identity: IdentityServices, operating: OperatingParts,
        usage: any QuotaUsage, logger: Logger
    ) {
        let keyManager = ResidentKeyManager(registry: identity.clients, issuer: identity.tokens, apiKeys: identity.apiKeys)
        let policies = OfferedPolicySource(catalogue: operating.catalogue)
        let offered = OfferedKeyManagers(changes: changes, managers: identity.keyManagers)
        let external = ExternalKeyManagers(
            offered: offered, call: identity.keyManagerCall, vault: vault, logger: logger)
        let applications = Applications(
            changes: changes, random: random, policies: policies, clients: keyManager, external: external)
        services = DevPortalServices(
            apis: PublishedAPIs(changes: changes), applications: applications,
            subscribers: Subscribers(
                changes: changes, random: random, applications: applications, createsDefaultApplication: true),
            keyManagers: offered,
            keys: ApplicationKeys(
                changes: changes, random: random, clients: keyManager, users: keyManager, external: external),
            apiKeys: APIKeys(changes: changes, signer: keyManager),
            storedAPIKeys: StoredAPIKeys(changes: changes, random: random, vault: vault),
            subscriptions: Subscriptions(changes: changes, random: random, policies: policies),
            quotas: ApplicationQuotas(changes: changes, policies: policies, usage: usage),
            policies: OfferedPolicies(changes: changes, source: policies),
            environments: { [environments = operating.environments] in try await environments.list(tenant: $0) },
            tenants: { try await identity.tenants.tenants(active: $0) })
    }
}
