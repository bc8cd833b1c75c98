import Model

/// What answers the calls of some operations: all of an API, or those of a product that come from one API.
final class CompiledBackend: Sendable {
    /// The endpoint of all calls to production, if there is one that takes them as they are.
    let productionEndpoint: CompiledEndpoint?
    let production: CompiledEndpointGroup?
    let sandbox: CompiledEndpointGroup?
    /// Whether policies set the destination of every call.
    let isDynamic: Bool
    /// In whose name functions are called that answer in the place of endpoints.
    let functions: GatewayLambdaAccess?
    /// What the back ends are spared; `nil` without a limit.
    let productionThroughput: CompiledThroughput?
    let sandboxThroughput: CompiledThroughput?

    private init(
        apiID: String, kind: GatewayEndpointKind?, production: CompiledEndpointGroup?, sandbox: CompiledEndpointGroup?,
        throughput: GatewayBackendThroughput?
    ) {
        if case .lambda(let access)? = kind { functions = access } else { functions = nil }
        if case .dynamic? = kind { isDynamic = true } else { isDynamic = false }
        self.production = functions == nil ? production : nil
        productionEndpoint = self.production.flatMap { $0.isPlain ? $0.only : nil }
        self.sandbox = functions == nil ? sandbox : nil
        productionThroughput = CompiledThroughput(throughput?.production, apiID: apiID, .production)
        sandboxThroughput = CompiledThroughput(throughput?.sandbox, apiID: apiID, .sandbox)
    }

    /// Has no endpoint: for operations that name no member of their product.
    static let none = CompiledBackend(apiID: "", kind: nil, production: nil, sandbox: nil, throughput: nil)

    /// The one backend of an API, or those of a product's members in their order.
    static func all(
        of api: GatewayAPI, endpoints: (GatewayEndpointGroup?) -> CompiledEndpointGroup?
    ) -> [CompiledBackend] {
        guard let members = api.members else {
            return [
                CompiledBackend(
                    apiID: api.id, kind: api.endpointKind, production: endpoints(api.production),
                    sandbox: endpoints(api.sandbox),
                    throughput: api.backendThroughput)
            ]
        }
        return members.map { member in
            CompiledBackend(
                apiID: member.apiID, kind: member.endpointKind, production: endpoints(member.production),
                sandbox: endpoints(member.sandbox),
                throughput: member.backendThroughput)
        }
    }

    /// Whether an endpoint's path has variables.
    var hasTemplates: Bool {
        [production, sandbox].contains { $0?.endpoints.contains { $0.template != nil } ?? false }
    }

    /// Adds what requests to production read.
    func add(to set: inout WorkingSet) {
        set.add(self, bytes: 64)
        guard let endpoint = productionEndpoint else { return set.add(production, bytes: 72) }
        set.add(endpoint, bytes: 96)
        endpoint.upstream.add(to: &set)
    }

    func group(_ keyType: KeyType) -> CompiledEndpointGroup? { keyType == .production ? production : sandbox }

    func security(_ keyType: KeyType) -> CompiledEndpointSecurity? { group(keyType)?.security }

    func throughput(_ keyType: KeyType) -> CompiledThroughput? {
        keyType == .production ? productionThroughput : sandboxThroughput
    }
}
