import GatewayCore
import NIOCore
import NIOSSL
import Synchronization

/// How strictly the name in an upstream's certificate is compared (`transport.passthru_https.sender.parameters.HostnameVerifier`).
public enum HostnameVerification: Sendable {
    /// It must be the upstream's, except for upstreams on this machine.
    case exceptLocalHost
    case strict
    /// It may be any.
    case none
}

/// Makes the TLS contexts of upstream connections. Shared by all loops: a context reads all authorities of the machine, so it is made once.
final class UpstreamTLS: Sendable {
    private struct Key: Hashable {
        var checksName: Bool
        var isHTTP2: Bool
        var trust: ObjectIdentifier?
        /// Host and port, if the gateway has a certificate of its own to show there.
        var identity: String?
    }

    private struct Entry {
        var context: NIOSSLContext
        /// Keeps the identity of the key from being given to another object.
        var trust: UpstreamTrust?
    }

    private let settings: UpstreamPoolSettings
    private let contexts = Mutex<[Key: Entry]>([:])

    /// Most contexts that are kept.
    private static let capacity = 1_000

    init(_ settings: UpstreamPoolSettings) throws {
        self.settings = settings
        // Settings that are wrong are reported now and not at the first connection.
        for identity in [nil] + settings.identities.keys.map(Optional.some) {
            _ = try context(Key(checksName: true, isHTTP2: false, trust: nil, identity: identity), trust: nil)
        }
    }

    /// The handler for a new connection to a server with this name, which is not the upstream's if that is a service.
    func handler(for upstream: Upstream, name: String, trust: UpstreamTrust?) throws -> NIOSSLClientHandler {
        let place = "\(upstream.host):\(upstream.port)"
        let key = Key(
            checksName: checksName(of: name), isHTTP2: upstream.isHTTP2, trust: trust.map { ObjectIdentifier($0) },
            identity: settings.identities[place] == nil ? nil : place)
        // Server name indication takes names only; an address is checked against the certificate's addresses.
        let isAddress = AddressBytes.parse(name) != nil
        return try NIOSSLClientHandler(
            context: try context(key, trust: trust), serverHostname: isAddress ? nil : name)
    }

    private func checksName(of host: String) -> Bool {
        switch settings.hostnameVerification {
        case .strict: true
        case .none: false
        case .exceptLocalHost: !["localhost", "127.0.0.1", "::1"].contains(host)
        }
    }

    private func context(_ key: Key, trust: UpstreamTrust?) throws -> NIOSSLContext {
        try contexts.withLock { contexts in
            if let known = contexts[key] { return known.context }
            let context = try makeContext(key, trust: trust)
            if contexts.count >= Self.capacity { contexts.removeAll() }
            contexts[key] = Entry(context: context, trust: trust)
            return context
        }
    }

    private func makeContext(_ key: Key, trust: UpstreamTrust?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The version of HTTP is agreed on in the handshake (RFC 7301).
        configuration.applicationProtocols = [key.isHTTP2 ? "h2" : "http/1.1"]
        configuration.certificateVerification =
            settings.verifiesCertificates ? (key.checksName ? .fullVerification : .noHostnameVerification) : .none
        let uploaded = try (trust?.certificates ?? []).map { try NIOSSLCertificate(bytes: $0, format: .der) }
        configuration.additionalTrustRoots = [.certificates(settings.additionalTrust + uploaded)]
        if let identity = key.identity.flatMap({ settings.identities[$0] }) {
            configuration.certificateChain = identity.certificateChain.map { .certificate($0) }
            configuration.privateKey = .privateKey(identity.privateKey)
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
