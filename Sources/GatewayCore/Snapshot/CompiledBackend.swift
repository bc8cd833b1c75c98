import Model

/// What answers the calls of some operations: all of an API, or those of a product that come from one API.
final class CompiledBackend: Sendable {
    let production: CompiledEndpointGroup?
    let sandbox: CompiledEndpointGroup?
    /// What the back ends are spared; `nil` without a limit.
    let productionThroughput: CompiledThroughput?
    let sandboxThroughput: CompiledThroughput?

    private init(
        apiID: String, production: CompiledEndpointGroup?, sandbox: CompiledEndpointGroup?,
        throughput: GatewayBackendThroughput?
    ) {
        self.production = production
        self.sandbox = sandbox
        productionThroughput = CompiledThroughput(throughput?.production, apiID: apiID, .production)
        sandboxThroughput = CompiledThroughput(throughput?.sandbox, apiID: apiID, .sandbox)
    }

    /// Has no endpoint: for operations that name no member of their product.
    static let none = CompiledBackend(apiID: "", production: nil, sandbox: nil, throughput: nil)

    /// The one backend of an API, or those of a product's members in their order.
    static func all(
        of api: GatewayAPI, endpoints: (GatewayEndpointGroup?) -> CompiledEndpointGroup?
    ) -> [CompiledBackend] {
        guard let members = api.members else {
            return [
                CompiledBackend(
                    apiID: api.id, production: endpoints(api.production), sandbox: endpoints(api.sandbox),
                    throughput: api.backendThroughput)
            ]
        }
        return members.map { member in
            CompiledBackend(
                apiID: member.apiID, production: endpoints(member.production), sandbox: endpoints(member.sandbox),
                throughput: member.backendThroughput)
        }
    }

    /// Whether an endpoint's path has variables.
    var hasTemplates: Bool {
        [production, sandbox].contains { $0?.endpoints.contains { $0.template != nil } ?? false }
    }

    func group(_ keyType: KeyType) -> CompiledEndpointGroup? { keyType == .production ? production : sandbox }

    func throughput(_ keyType: KeyType) -> CompiledThroughput? {
        keyType == .production ? productionThroughput : sandboxThroughput
    }
}
