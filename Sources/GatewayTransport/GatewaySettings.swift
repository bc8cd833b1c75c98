import GatewayCore
import NIOCore
import NIOSSL

/// Key and certificates that a listener shows, or the gateway to an upstream.
public struct ListenerIdentity: Sendable {
    /// The leaf first.
    public var certificateChain: [NIOSSLCertificate]
    public var privateKey: NIOSSLPrivateKey

    public init(certificateChain: [NIOSSLCertificate], privateKey: NIOSSLPrivateKey) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Reads PEM text.
    ///
    /// - Throws: `NIOSSLError` if the text holds no certificate or no key.
    public init(certificatePEM: String, privateKeyPEM: String) throws {
        certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8))
        privateKey = try NIOSSLPrivateKey(bytes: Array(privateKeyPEM.utf8), format: .pem)
    }
}

/// An address that the gateway listens on.
public struct GatewayListener: Sendable {
    public var host: String
    /// 0 lets the system choose; ``GatewayServer/ports`` tells.
    public var port: Int
    /// Present for HTTPS.
    public var identity: ListenerIdentity?
    /// Whether clients are asked for a certificate in the TLS handshake. They need not have one.
    public var requestsCertificates = false

    public init(host: String = "0.0.0.0", port: Int, identity: ListenerIdentity? = nil) {
        self.host = host
        self.port = port
        self.identity = identity
    }
}

/// Bounds of the upstream connections of one loop.
public struct UpstreamPoolSettings: Sendable {
    /// Connections of the gateway to one address for each of its loops, busy and idle.
    public var connections = 512
    /// Requests that wait for a connection to one address.
    public var waiters = 1024
    /// How long an unused connection is kept; below the keep-alive times of common servers (60 s and more).
    public var idleMilliseconds: Int64 = 30_000
    /// How long a connection serves requests before it gives way to a new one, for which names are looked up anew.
    public var longestMilliseconds: Int64 = 300_000
    /// Who is asked for the servers of services (`srv://`); those of the system.
    public var nameServers = NameServers.read()
    public var connectMilliseconds: Int64 = 10_000
    /// Whether the certificate of a TLS upstream is checked.
    public var verifiesCertificates = true
    /// Certificates trusted beside those of the system.
    public var additionalTrust: [NIOSSLCertificate] = []
    /// How strictly the name in the certificate of a TLS upstream is compared.
    public var hostnameVerification = HostnameVerification.exceptLocalHost
    /// What the gateway shows to TLS upstreams that ask for a certificate, by `host:port` in lower case.
    public var identities: [String: ListenerIdentity] = [:]

    public init() {}
}

/// What carries plain HTTP.
public enum PlainTransport: String, Sendable, CaseIterable {
    /// SwiftNIO, as for HTTPS.
    case nio
    /// Loops of our own on Linux's epoll, which cost less a request. Other systems use SwiftNIO instead.
    case epoll
}

/// Everything that the transport is told at start.
public struct GatewaySettings: Sendable {
    public var listeners: [GatewayListener]
    public var plainTransport = PlainTransport.nio
    /// Event loops, one a core.
    public var loops = 1
    /// Client connections of the gateway for each of its loops; more are closed at once.
    public var connections = 20_000
    public var limits = WireLimits()
    public var timeouts = WireTimeouts()
    public var upstreams = UpstreamPoolSettings()
    public var http2 = HTTP2Bounds()
    /// Peers whose `X-Forwarded-For` is believed, in CIDR notation.
    public var trustedProxies = TrustedProxies.privateRanges
    /// Which peers may hand on the certificate of their client in a header.
    public var certificateForwarding = CertificateForwarding.certifiedProxies([])
    /// Where access log lines and analytics events go; without a sink they are dropped.
    public var accessLog: LogSink?
    public var analyticsLog: LogSink?

    public init(listeners: [GatewayListener]) { self.listeners = listeners }
}
