import Model
import OutgoingHTTP

/// Look-ups in what other capabilities keep, for portals.
extension PublishingServices {
    /// All policies of a level, internal plans included.
    public func policies(level: ThrottlingLevel, of tenant: Tenant) async throws -> [ThrottlingPolicy] {
        try await foundation.policies.policies(level: level, of: tenant)
    }

    public func categories(of tenant: Tenant) async throws -> [APICategory] {
        try await foundation.categories.categories(of: tenant)
    }

    public func roleExists(_ name: String, in tenant: Tenant) async throws -> Bool {
        try await foundation.roles.unknownRoles(among: [name], in: tenant).isEmpty
    }

    /// The active tenants, or the inactive ones.
    public func tenants(active: Bool) async throws -> [Tenant] {
        try await foundation.roles.tenants(active: active)
    }

    /// Asks an endpoint with HEAD whether it answers, and how.
    public func probe(_ url: String) async throws(ProbeFailure) -> (status: Int, reason: String) {
        do {
            let answer = try await foundation.endpointProbe.head(url)
            return (answer.status, answer.reason)
        } catch {
            throw ProbeFailure(reason: error.reason)
        }
    }
}

/// Why an endpoint gave no answer.
public struct ProbeFailure: Error, Sendable {
    /// A sentence for the user.
    public var reason: String
}
