import FoundationEssentials
import Model

/// Certificates that count for connections to one TLS upstream, beside the authorities of the machine (`docs/certificates.md`).
public final class UpstreamTrust: Sendable {
    /// In DER form (X.690).
    public let certificates: [[UInt8]]

    init(certificates: [[UInt8]]) { self.certificates = certificates }
}

/// Which certificates count for which upstreams.
public struct UpstreamTrustDirectory: Sendable {
    private var byPool: [Int: UpstreamTrust] = [:]
    private var byOrigin: [String: UpstreamTrust] = [:]

    public init() {}

    /// For an upstream by ``Upstream/pool``; `nil` if only the authorities of the machine count.
    public subscript(pool: Int) -> UpstreamTrust? { byPool[pool] }

    /// For a URL that is called on behalf of a tenant.
    public func trust(for url: String, tenant: Int) -> UpstreamTrust? {
        guard !byOrigin.isEmpty, let address = EndpointAddress(url) else { return nil }
        return byOrigin[address.poolName(tenant: tenant)]
    }

    mutating func set(_ trust: UpstreamTrust?, for name: String, pool: Int) {
        byPool[pool] = trust
        byOrigin[name] = trust
    }
}

extension EndpointAddress {
    /// Connections over TLS are not shared by tenants, because each trusts other certificates.
    func poolName(tenant: Int) -> String { isTLS ? "\(tenant) \(origin)" : origin }
}

/// The certificates that were uploaded for upstreams, by entity.
struct EndpointCertificates: Sendable {
    private var certificates: [String: GatewayEndpointCertificate] = [:]

    var keys: [String] { Array(certificates.keys) }

    /// Puts, replaces or removes one; answers the names of the pools that it counts or counted for.
    mutating func set(_ certificate: GatewayEndpointCertificate?, for key: String) -> Set<String> {
        let old = certificates[key]
        certificates[key] = certificate
        return Set([old, certificate].compactMap { $0.flatMap(Self.poolName) })
    }

    /// All that count for a pool; `nil` if none does.
    func trust(for poolName: String) -> UpstreamTrust? {
        let counting = certificates.sorted { $0.key < $1.key }.map(\.value).filter { Self.poolName($0) == poolName }
        let decoded = counting.flatMap(\.certificates).compactMap { Data(base64Encoded: $0).map(Array.init) }
        return decoded.isEmpty ? nil : UpstreamTrust(certificates: decoded)
    }

    private static func poolName(_ certificate: GatewayEndpointCertificate) -> String? {
        guard let address = EndpointAddress(certificate.endpoint), address.isTLS else { return nil }
        return address.poolName(tenant: certificate.tenant)
    }
}
