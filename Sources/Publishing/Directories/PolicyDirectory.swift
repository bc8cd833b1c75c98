import Model

/// The throttling policies of a tenant, which the consuming part keeps.
public protocol PolicyDirectory: Sendable {
    /// All policies of `level` in the order in which portals show them, internal plans included.
    func policies(level: ThrottlingLevel, of tenant: Tenant) async throws -> [ThrottlingPolicy]
}
