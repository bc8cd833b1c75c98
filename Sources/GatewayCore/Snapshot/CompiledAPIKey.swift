import Model

/// An opaque API key as the pipeline works with it.
final class CompiledAPIKey: Sendable {
    let definition: GatewayAPIKey
    /// The one API that the key opens; -1 for all that its application is subscribed to.
    let apiIdentity: Int32
    let restriction: KeyRestriction?

    init(_ definition: GatewayAPIKey, apiIdentity: Int32) {
        self.definition = definition
        self.apiIdentity = apiIdentity
        restriction = KeyRestriction(permittedIP: definition.permittedIP, permittedReferer: definition.permittedReferer)
    }

    /// Whether the key is for an API.
    func opens(_ api: CompiledAPI) -> Bool { apiIdentity < 0 || apiIdentity == api.identity }
}
