/// An organisation on the platform; everything that users create belongs to exactly one.
public struct Tenant: Sendable, Hashable, Codable {
    /// Stable number; the super tenant's is -1234, others count from 1.
    public var id: Int
    /// Domain name, lower case, for instance `example.com`.
    public var domain: String

    public init(id: Int, domain: String) {
        self.id = id
        self.domain = domain
    }

    /// The tenant that exists from the first start; its resources have no `/t/{domain}` in their paths.
    public static let superTenant = Tenant(id: -1234, domain: "carbon.super")

    public var isSuper: Bool { id == Self.superTenant.id }
}
