/// What the operations of an API product take from the API that they come from (`docs/api-products.md`): where calls go and what they
/// carry. Subscription, plan, headers with credentials and cross-origin rules are those of the product.
public struct GatewayProductMember: Sendable, Hashable, Codable {
    /// The source API's UUID.
    public var apiID: String
    public var name: String
    public var version: String
    public var endpointKind: GatewayEndpointKind
    public var production: GatewayEndpointGroup?
    public var sandbox: GatewayEndpointGroup?
    /// Shared with direct calls of the source API.
    public var backendThroughput: GatewayBackendThroughput?

    public init(
        apiID: String, name: String, version: String, endpointKind: GatewayEndpointKind, production: GatewayEndpointGroup?,
        sandbox: GatewayEndpointGroup?, backendThroughput: GatewayBackendThroughput?
    ) {
        self.apiID = apiID
        self.name = name
        self.version = version
        self.endpointKind = endpointKind
        self.production = production
        self.sandbox = sandbox
        self.backendThroughput = backendThroughput
    }
}
