import NIOSSL
import Synchronization

/// The server's certificate, replaceable while the server runs: connections that begin after a change use the new one.
public final class CertificateSource: Sendable {
    private let current: Mutex<NIOSSLContext>

    /// Takes the chain (the server's certificate first) and its private key as PEM text.
    public init(chainPEM: String, keyPEM: String) throws {
        current = Mutex(try Self.context(chainPEM, keyPEM))
    }

    /// Replaces the certificate; on an error the old one stays.
    public func replace(chainPEM: String, keyPEM: String) throws {
        let context = try Self.context(chainPEM, keyPEM)
        current.withLock { $0 = context }
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    private static func context(_ chainPEM: String, _ keyPEM: String) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(chainPEM.utf8)).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // Many clients answer the end of an idle connection with their next request only; the node's own end does not wait for that.
        configuration.shutdownTimeout = .seconds(1)
        return try NIOSSLContext(configuration: configuration)
    }
}
