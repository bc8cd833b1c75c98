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

    /// Asks an endpoint with HEAD whether it answers, and how. The certificates count that gateways trust for it (`docs/certificates.md`), and
    /// on this machine they may name another host, as gateways allow it there.
    ///
    /// - Throws: ``ProbeFailure`` if it gives no answer.
    public func probe(_ url: String, by caller: Principal) async throws -> (status: Int, reason: String) {
        let isLocal = OutgoingURL(url).map { ["localhost", "127.0.0.1", "::1"].contains($0.host) } ?? false
        let route = OutgoingRoute(
            trustedCertificates: try await endpointCertificates.trusted(for: url, by: caller), checksName: !isLocal)
        do throws(OutgoingError) {
            let answer = try await foundation.endpointProbe.head(url, by: route)
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
