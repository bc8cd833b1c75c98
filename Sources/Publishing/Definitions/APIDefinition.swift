import Definitions
import Documents
import Model

extension OpenAPIWriter {
    /// Writes the definition of `api`.
    init(_ api: APIRecord) {
        self.init(
            name: api.name, version: api.version, description: api.description, operations: api.operations,
            scopes: ScopeRules.entries(api.document))
    }
}

extension OpenAPIManagementView {
    /// What publishers see beside the definition of `api`.
    init(_ api: APIRecord) {
        func endpoints(_ keyType: KeyType) -> Endpoints? {
            // The destination of a dynamic endpoint is nothing that a definition could say.
            guard api.endpointConfig?["endpoint_type"]?.string != "default",
                let group = EndpointCompiler.group(keyType, of: api.endpointConfig)
            else { return nil }
            let kind =
                switch group.strategy {
                case .single: group.endpoints[0].url.hasPrefix("https:") ? "https" : "http"
                case .roundRobin, .weighted: "load_balance"
                case .failover: "failover"
                }
            return Endpoints(urls: group.endpoints.map(\.url), kind: kind)
        }
        self.init(context: api.context, api: api.document, production: endpoints(.production), sandbox: endpoints(.sandbox))
    }
}
