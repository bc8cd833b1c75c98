import ContractRouter
import Documents
import Model
import Publishing

/// The operations of the contract `publisher-v4`.
public struct PublisherHandlers: Sendable {
    static let contract = "publisher-v4"

    private let services: PublishingServices
    private let settings: PublisherSettings
    private let gateways: any DeploymentStatus

    public init(
        _ services: PublishingServices, settings: PublisherSettings, gateways: any DeploymentStatus = NoDeploymentStatus()
    ) {
        self.services = services
        self.settings = settings
        self.gateways = gateways
    }

    /// Adds every operation that is implemented.
    public func register(in table: inout HandlerTable) {
        APIHandlers(services: services).register(in: &table)
        DefinitionHandlers(services: services).register(in: &table)
        ThumbnailHandlers(family: .api, thumbnails: services.thumbnails).register(in: &table)
        LifecycleHandlers(family: .api, lifecycle: services.lifecycle).register(in: &table)
        RevisionHandlers(family: .api, revisions: services.revisions, gateways: gateways).register(in: &table)
        DeploymentHandlers(
            family: .api, deployments: services.deployments, revisions: services.revisions, gateways: gateways
        ).register(in: &table)
        MockHandlers(mocks: services.mocks).register(in: &table)
        registerProducts(in: &table)
        ScopeHandlers(services: services).register(in: &table)
        PolicyHandlers(services: services).register(in: &table)
        SubscriptionHandlers(services: services).register(in: &table)
        ClientCertificateHandlers(services: services).register(in: &table)
        EndpointCertificateHandlers(services: services).register(in: &table)
        OperationPolicyHandlers(services: services).register(in: &table)
        GatewayPolicyHandlers(services: services).register(in: &table)
        DirectoryHandlers(services: services, settings: settings).register(in: &table)
        SettingsHandlers(services: services, settings: settings).register(in: &table)
    }

    private func registerProducts(in table: inout HandlerTable) {
        let products = services.products
        ProductHandlers(products: products.products).register(in: &table)
        ThumbnailHandlers(family: .product, thumbnails: products.thumbnails).register(in: &table)
        LifecycleHandlers(family: .product, lifecycle: products.lifecycle).register(in: &table)
        RevisionHandlers(family: .product, revisions: products.revisions, gateways: gateways).register(in: &table)
        DeploymentHandlers(
            family: .product, deployments: products.deployments, revisions: products.revisions, gateways: gateways
        ).register(in: &table)
    }
}

/// What publisher portals learn of the installation.
public struct PublisherSettings: Sendable {
    /// Address of the developer portal.
    public var devPortalURL: String
    /// All scopes of the contract, in order.
    public var scopes: [String]
    /// Header of OAuth2 tokens for new APIs.
    public var authorizationHeader: String
    /// Name of the plan and of the advanced policy that portals choose first.
    public var defaultPolicy: String

    public init(
        devPortalURL: String, scopes: [String], authorizationHeader: String = "Authorization",
        defaultPolicy: String = ThrottlingPolicy.unlimitedName
    ) {
        self.devPortalURL = devPortalURL
        self.scopes = scopes
        self.authorizationHeader = authorizationHeader
        self.defaultPolicy = defaultPolicy
    }
}

extension HandlerTable {
    /// Registers the handler of an operation of the publisher's contract.
    mutating func publisher(_ operationID: String, _ handler: @escaping Handler) {
        handle(PublisherHandlers.contract, operationID, handler)
    }
}

extension APIRequest {
    /// The circumstances of a change of the caller's own tenant, whatever tenant the path or a header names.
    func change(by caller: Principal) -> ChangeContext {
        var context = changeContext
        context.tenant = caller.tenant
        return context
    }

    /// Text of a query parameter; empty when absent.
    func queryText(_ name: String) -> String { query[name]?.string ?? "" }

    /// Text of a part of a multipart body or of a form field; `nil` when absent or empty.
    func fieldText(_ name: String) -> String? {
        let text: String? =
            switch body {
            case .form(let fields): fields[name]?.string
            default: part(name).map { String(decoding: $0.bytes, as: UTF8.self) }
            }
        guard let text, !text.isEmpty else { return nil }
        return text
    }
}
