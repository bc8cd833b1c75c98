/// A token that counts as used up, because it could be used only once.
public struct SpentToken: Sendable, Hashable {
    /// Its `jti`.
    public let id: String
    /// Number of the tenant whose API it was used for.
    public let tenant: Int
    public let tenantDomain: String
    /// Milliseconds since 1970.
    public let expiresMilliseconds: Int64

    public init(id: String, tenant: Int, tenantDomain: String, expiresMilliseconds: Int64) {
        self.id = id
        self.tenant = tenant
        self.tenantDomain = tenantDomain
        self.expiresMilliseconds = expiresMilliseconds
    }
}
