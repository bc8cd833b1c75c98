import Model
import NIOSSL

/// What is special about the way to one server.
public struct OutgoingRoute: Sendable {
    /// In the place of the platform's own proxy.
    public var proxy: GatewayProxy?
    /// Certificates in DER form that count beside the authorities of the machine.
    public var trustedCertificates: [[UInt8]]
    /// For the whole exchange; `nil`: as usual.
    public var seconds: Int64?

    public init(proxy: GatewayProxy? = nil, trustedCertificates: [[UInt8]] = [], seconds: Int64? = nil) {
        self.proxy = proxy
        self.trustedCertificates = trustedCertificates
        self.seconds = seconds
    }

    /// `nil` where the usual one does.
    func tlsConfiguration() throws -> TLSConfiguration? {
        if trustedCertificates.isEmpty { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.additionalTrustRoots = [
            .certificates(try trustedCertificates.map { try NIOSSLCertificate(bytes: $0, format: .der) })
        ]
        return configuration
    }
}
