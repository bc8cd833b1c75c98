import Model
import Storage

/// The throttling policies as consumers see them: without internal ones, without plans that their roles exclude.
public struct OfferedPolicies: Sendable {
    private let changes: ChangeStore
    private let source: any ThrottlingPolicySource

    public init(changes: ChangeStore, source: any ThrottlingPolicySource) {
        self.changes = changes
        self.source = source
    }

    /// The policies of `level` that `principal`, or an anonymous visitor, may choose.
    public func list(
        _ level: ThrottlingLevel, tenant: Tenant, principal: Principal?
    ) async throws -> [ThrottlingPolicy] {
        try await changes.read { try source.policies(level, tenant: tenant, in: $0) }
            .filter { $0.isOffered && ($0.plan?.isAllowed(for: principal?.roles ?? []) ?? true) }
    }

    /// The policy `name`, if it is offered; else a 404.
    public func find(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, principal: Principal?
    ) async throws -> ThrottlingPolicy {
        guard let policy = try await list(level, tenant: tenant, principal: principal).first(where: { $0.name == name })
        else { throw CatalogueError.notFound("Throttling Policy", id: name) }
        return policy
    }
}
