import NIOSSL

/// How upstreams are spoken to over TLS, by the version of HTTP that is asked for in the handshake (RFC 7301).
struct UpstreamTLS: Sendable {
    let http1: NIOSSLContext
    let http2: NIOSSLContext

    init(_ settings: UpstreamPoolSettings) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = settings.verifiesCertificates ? .fullVerification : .none
        configuration.additionalTrustRoots = [.certificates(settings.additionalTrust)]
        configuration.applicationProtocols = ["http/1.1"]
        http1 = try NIOSSLContext(configuration: configuration)
        configuration.applicationProtocols = ["h2"]
        http2 = try NIOSSLContext(configuration: configuration)
    }
}
