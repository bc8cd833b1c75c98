import Model

/// A request to the token or revocation endpoint, still unchecked.
public struct TokenRequest: Sendable {
    /// Parameters of the body, each with all its values.
    public var parameters: [String: [String]]
    /// Names of the parameters in the query string.
    public var queryNames: Set<String>
    /// The whole `Authorization` header.
    public var authorization: String?
    /// The tenant of `/t/{domain}`, else the super tenant.
    public var tenant: Tenant
    public var clientAddress: String
    public var requestID: String
    /// When the request came in, milliseconds since 1970.
    public var milliseconds: Int64

    public init(
        parameters: [String: [String]], queryNames: Set<String>, authorization: String?, tenant: Tenant,
        clientAddress: String, requestID: String, milliseconds: Int64
    ) {
        self.parameters = parameters
        self.queryNames = queryNames
        self.authorization = authorization
        self.tenant = tenant
        self.clientAddress = clientAddress
        self.requestID = requestID
        self.milliseconds = milliseconds
    }

    /// The value of a parameter; empty ones count as absent (RFC 6749 §3.1).
    subscript(_ name: String) -> String? {
        guard let value = parameters[name]?.first, !value.isEmpty else { return nil }
        return value
    }

    /// Requested scopes in order.
    var scopes: [String] { (self["scope"] ?? "").split(separator: " ").map(String.init) }

    /// The circumstances of a change that `actor` makes in `tenant`.
    func context(actor: String, tenant: Tenant) -> ChangeContext {
        ChangeContext(
            actor: actor, tenant: tenant, clientAddress: clientAddress, requestID: requestID, milliseconds: milliseconds)
    }

    /// What no request may contain, whatever it asks for.
    func checkForm() throws {
        guard parameters.values.allSatisfy({ $0.count == 1 }) else { throw OAuthError.repeatedParameters }
        guard queryNames.isDisjoint(with: ["username", "password", "client_secret"]) else { throw OAuthError.sensitiveQuery }
    }
}
