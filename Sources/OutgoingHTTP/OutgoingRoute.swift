import Model
import NIOSSL

/// What is special about the way to one server.
public struct OutgoingRoute: Sendable {
    /// In the place of the platform's own proxy.
    public var proxy: GatewayProxy?
    /// Certificates in DER form that count beside the authorities of the machine.
    public var trustedCertificates: [[UInt8]]
    /// Whether the server's certificate must name the host.
    public var checksName: Bool
    /// For the whole exchange; `nil`: as usual.
    public var seconds: Int64?

    public init(
        proxy: GatewayProxy? = nil, trustedCertificates: [[UInt8]] = [], checksName: Bool = true, seconds: Int64? = nil
    ) {
        self.proxy = proxy
        self.trustedCertificates = trustedCertificates
        self.checksName = checksName
        self.seconds = seconds
    }

    /// `nil` where the usual one does.
    func tlsConfiguration() throws -> TLSConfiguration? {
        if trustedCertificates.isEmpty, checksName { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if !checksName { configuration.certificateVerification = .noHostnameVerification }
        configuration.additionalTrustRoots = [
            .certificates(try trustedCertificates.map { try NIOSSLCertificate(bytes: $0, format: .der) })
        ]
        return configuration
    }
}
