import Consuming
import ContractRouter
import Model

/// The operations of the contract `devportal-v3`.
public struct DevPortalHandlers: Sendable {
    let services: DevPortalServices
    let settings: DevPortalSettings

    public init(services: DevPortalServices, settings: DevPortalSettings) {
        self.services = services
        self.settings = settings
    }

    public func register(in table: inout HandlerTable) {
        var operations = DevPortalOperations(
            subscribers: services.subscribers, allowsAnonymous: settings.allowsAnonymous)
        APIHandlers(services: services).register(in: &operations)
        ApplicationHandlers(services: services).register(in: &operations)
        KeyHandlers(keys: services.keys).register(in: &operations)
        APIKeyHandlers(keys: services.apiKeys, stored: services.storedAPIKeys, signsKeys: settings.signsAPIKeys)
            .register(in: &operations)
        APIBoundKeyHandlers(keys: services.storedAPIKeys).register(in: &operations)
        SubscriptionHandlers(subscriptions: services.subscriptions).register(in: &operations)
        PolicyHandlers(services: services).register(in: &operations)
        SettingsHandlers(services: services, settings: settings).register(in: &operations)
        for (id, handler) in operations.handlers { table.handle("devportal-v3", id, handler) }
    }
}

/// The capabilities behind the developer portal.
public struct DevPortalServices: Sendable {
    public var apis: PublishedAPIs
    public var applications: Applications
    public var subscribers: Subscribers
    public var keyManagers: OfferedKeyManagers
    public var keys: ApplicationKeys
    public var apiKeys: APIKeys
    public var storedAPIKeys: StoredAPIKeys
    public var subscriptions: Subscriptions
    public var quotas: ApplicationQuotas
    public var policies: OfferedPolicies
    /// The gateway environments of a tenant.
    public var environments: @Sendable (Tenant) async throws -> [GatewayEnvironment]
    /// The active tenants, or the inactive ones.
    public var tenants: @Sendable (_ active: Bool) async throws -> [Tenant]

    public init(
        apis: PublishedAPIs, applications: Applications, subscribers: Subscribers,
        keyManagers: OfferedKeyManagers, keys: ApplicationKeys, apiKeys: APIKeys, storedAPIKeys: StoredAPIKeys,
        subscriptions: Subscriptions, quotas: ApplicationQuotas, policies: OfferedPolicies,
        environments: @escaping @Sendable (Tenant) async throws -> [GatewayEnvironment],
        tenants: @escaping @Sendable (_ active: Bool) async throws -> [Tenant]
    ) {
        self.apis = apis
        self.applications = applications
        self.subscribers = subscribers
        self.keyManagers = keyManagers
        self.keys = keys
        self.apiKeys = apiKeys
        self.storedAPIKeys = storedAPIKeys
        self.subscriptions = subscriptions
        self.quotas = quotas
        self.policies = policies
        self.environments = environments
        self.tenants = tenants
    }
}

/// Collects handlers and gives all of them what every operation of this contract does first.
struct DevPortalOperations {
    let subscribers: Subscribers
    let allowsAnonymous: Bool
    private(set) var handlers: [(id: String, handler: HandlerTable.Handler)] = []

    init(subscribers: Subscribers, allowsAnonymous: Bool) {
        self.subscribers = subscribers
        self.allowsAnonymous = allowsAnonymous
    }

    /// Registers a handler that runs after a user's first call has made them a subscriber.
    mutating func handle(_ id: String, _ handler: @escaping HandlerTable.Handler) {
        let subscribers = subscribers
        let allowsAnonymous = allowsAnonymous
        handlers.append(
            (
                id,
                { request in
                    if let principal = request.principal {
                        try await subscribers.welcome(principal, try request.callerContext())
                    } else if !allowsAnonymous {
                        throw CatalogueError.unauthorized("Anonymous access is switched off")
                    }
                    return try await handler(request)
                }
            ))
    }
}

extension APIRequest {
    /// The circumstances of a change in the caller's own tenant, whatever tenant the request looks at.
    func callerContext() throws -> ChangeContext {
        var context = changeContext
        context.tenant = try caller().tenant
        return context
    }
}
