/// The key with which gateways sign what they tell a tenant's backends about callers (`docs/backend-tokens.md`).
public struct GatewayTokenKey: Sendable, Hashable, Codable {
    public var tenant: Int
    public var tenantDomain: String
    /// RSA key in PEM form.
    public var privateKey: GatewaySecret
    /// Certificate of the public half in PEM form.
    public var certificate: String

    public init(tenant: Int, tenantDomain: String, privateKey: GatewaySecret, certificate: String) {
        self.tenant = tenant
        self.tenantDomain = tenantDomain
        self.privateKey = privateKey
        self.certificate = certificate
    }
}
