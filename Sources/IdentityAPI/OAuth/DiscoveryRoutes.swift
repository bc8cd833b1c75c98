import ContractRouter
import Identity

/// What clients read to learn about the key manager; no credential needed.
struct DiscoveryRoutes: Sendable {
    let discovery: DiscoveryDocument

    func register(in table: inout HandlerTable) {
        table.route("GET", "/oauth2/jwks") { [discovery] request in .ok(try await discovery.keySet(of: request.tenant)) }
        table.route("GET", "/oauth2/{component}/.well-known/openid-configuration") { [discovery] request in
            let component = request.pathParameter("component")
            guard component == "token" || component == "oidcdiscovery" else {
                let text = "Invalid path to the discovery document. Received path : \(component) is not resolvable"
                return .bytes(Array(text.utf8), contentType: "text/plain", status: 400)
            }
            return .ok(discovery.document(of: request.tenant))
        }
    }
}
