import Logging
import Model
import OutgoingHTTP
import Storage

/// What the publishing services stand on; made once a process.
public struct PublishingFoundation: Sendable {
    public var changes: ChangeStore
    public var vault: Vault
    public var random: RandomSource
    public var environments: any EnvironmentDirectory
    public var policies: any PolicyDirectory
    public var roles: any RoleDirectory
    public var scopes: any ScopeRegistrar
    public var keys: any InternalKeySigner
    public var subscriptions: any SubscriptionRegister
    public var categories: any CategoryDirectory
    /// Fetches definitions from URLs, behind the fetch policy.
    public var fetcher: OutgoingFetcher
    /// Asks endpoints whether they answer, behind the endpoint policy.
    public var endpointProbe: OutgoingFetcher
    /// Which addresses may be endpoints.
    public var endpointPolicy: AddressPolicy
    public var limits: PublishingLimits
    public var policyTrial: PolicyTrial

    public init(
        changes: ChangeStore, vault: Vault, random: RandomSource = .system, environments: any EnvironmentDirectory,
        policies: any PolicyDirectory, roles: any RoleDirectory, scopes: any ScopeRegistrar, keys: any InternalKeySigner,
        subscriptions: any SubscriptionRegister, categories: any CategoryDirectory = NoCategories(),
        fetcher: OutgoingFetcher, endpointProbe: OutgoingFetcher, endpointPolicy: AddressPolicy = .endpoint(),
        limits: PublishingLimits = PublishingLimits(), policyTrial: @escaping PolicyTrial = { _, _, _ in nil }
    ) {
        self.changes = changes
        self.vault = vault
        self.random = random
        self.environments = environments
        self.policies = policies
        self.roles = roles
        self.scopes = scopes
        self.keys = keys
        self.subscriptions = subscriptions
        self.categories = categories
        self.fetcher = fetcher
        self.endpointProbe = endpointProbe
        self.endpointPolicy = endpointPolicy
        self.limits = limits
        self.policyTrial = policyTrial
    }
}

/// Limits of what publishers store.
public struct PublishingLimits: Sendable {
    /// Revisions an API keeps at most.
    public var revisions: Int
    /// Bytes of a definition.
    public var definitionSize: Int
    /// Bytes of a thumbnail.
    public var thumbnailSize: Int

    public init(revisions: Int = 5, definitionSize: Int = 10 << 20, thumbnailSize: Int = 1 << 20) {
        self.revisions = revisions
        self.definitionSize = definitionSize
        self.thumbnailSize = thumbnailSize
    }
}

/// All of publishing, wired together once a process.
public struct PublishingServices: Sendable {
    public let foundation: PublishingFoundation
    public let apis: APIService
    public let definitions: DefinitionService
    public let thumbnails: ThumbnailService
    public let lifecycle: LifecycleService
    public let revisions: RevisionService
    public let deployments: DeploymentService
    public let sharedScopes: SharedScopeService
    public let subscriptions: SubscriptionService
    public let products: ProductServices
    public let mocks: MockService
    public let clientCertificates: ClientCertificateService
    public let endpointCertificates: EndpointCertificateService
    public let operationPolicies: OperationPolicyService
    public let gatewayPolicies: GatewayPolicyService

    public init(_ foundation: PublishingFoundation) {
        self.foundation = foundation
        apis = APIService(foundation: foundation)
        definitions = DefinitionService(foundation: foundation)
        thumbnails = ThumbnailService(foundation: foundation)
        lifecycle = LifecycleService(foundation: foundation)
        revisions = RevisionService(foundation: foundation)
        deployments = DeploymentService(foundation: foundation)
        sharedScopes = SharedScopeService(foundation: foundation)
        subscriptions = SubscriptionService(foundation: foundation)
        products = ProductServices(foundation)
        mocks = MockService(foundation: foundation)
        clientCertificates = ClientCertificateService(foundation: foundation)
        endpointCertificates = EndpointCertificateService(foundation: foundation)
        operationPolicies = OperationPolicyService(foundation: foundation)
        gatewayPolicies = GatewayPolicyService(foundation: foundation)
    }
}

/// What products have of their own, and what they share with APIs.
public struct ProductServices: Sendable {
    public let products: ProductService
    public let thumbnails: ThumbnailService
    public let lifecycle: LifecycleService
    public let revisions: RevisionService
    public let deployments: DeploymentService

    init(_ foundation: PublishingFoundation) {
        products = ProductService(foundation: foundation)
        thumbnails = ThumbnailService(foundation: foundation, kind: .product)
        lifecycle = LifecycleService(foundation: foundation, kind: .product)
        revisions = RevisionService(foundation: foundation, kind: .product)
        deployments = DeploymentService(foundation: foundation, kind: .product)
    }
}
