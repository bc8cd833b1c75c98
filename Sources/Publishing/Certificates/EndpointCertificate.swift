import Model

/// A certificate that gateways trust when they call a backend.
public struct EndpointCertificate: Sendable, Hashable {
    /// Unique within the tenant.
    public var alias: String
    /// URL of the endpoint.
    public var endpoint: String
    /// Counts the changes.
    public var rowVersion: Int64
    /// Base64 of the DER forms, in the order of the file.
    var certificates: [String]
}

extension EndpointCertificate {
    /// The form in which gateways know it.
    func compiled(tenant: Int) -> GatewayEndpointCertificate {
        GatewayEndpointCertificate(tenant: tenant, alias: alias, endpoint: endpoint, certificates: certificates)
    }

    /// The key of its gateway entity.
    func entityKey(tenant: Int) -> String { "\(tenant)/\(alias)" }
}
