import GatewayCore
import NIOCore
import NIOPosix
import NIOSSL

extension GatewayServer {
    /// A listener that is open, and its TLS side if it has one.
    struct OpenListener: Sendable {
        var channel: any Channel
        var tls: ListenerTLS?
    }

    static func bind(
        _ listener: GatewayListener, group: MultiThreadedEventLoopGroup, loops: [NIOLoopBound<GatewayLoop>],
        settings: GatewaySettings
    ) async throws -> OpenListener {
        let requestsCertificates = listener.requestsCertificates
        let tls = try listener.identity.map { identity in
            try ListenerTLS(identity) { try serverContext($0, requestsCertificates: requestsCertificates) }
        }
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // With TLS the end of the TCP connection without a goodbye is an attack (RFC 8446 §6.1).
            .childChannelOption(.allowRemoteHalfClosure, value: listener.identity == nil)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 2048, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try configure(channel, tlsContext: tls?.context, loops: loops, settings: settings)
                }
            }
        do {
            return OpenListener(
                channel: try await bootstrap.bind(host: listener.host, port: listener.port).get(), tls: tls)
        } catch let error as IOError where error.errnoCode == 98 || error.errnoCode == 48 {
            throw GatewayError.portInUse(host: listener.host, port: listener.port)
        } catch {
            throw GatewayError.cannotListen(host: listener.host, port: listener.port, reason: "\(error)")
        }
    }

    private static func serverContext(
        _ identity: ListenerIdentity, requestsCertificates: Bool
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.certificateChain.map { .certificate($0) }, privateKey: .privateKey(identity.privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        // Many clients answer the end of an idle connection with their next request only; nobody has to wait for that (RFC 8446 §6.1).
        configuration.shutdownTimeout = .seconds(1)
        if requestsCertificates { configuration.certificateVerification = .optionalVerification }
        return try NIOSSLContext(configuration: configuration)
    }

    static func configure(
        _ channel: any Channel, tlsContext: NIOSSLContext?, loops: [NIOLoopBound<GatewayLoop>], settings: GatewaySettings
    ) throws {
        guard let loop = loops.first(where: { $0.eventLoop === channel.eventLoop })?.value else {
            throw ChannelError.ioOnClosedChannel
        }
        if let tlsContext {
            try channel.pipeline.syncOperations.addHandlers([SocketWriter(), tlsHandler(tlsContext)])
        }
        let facts = facts(of: channel, isTLS: tlsContext != nil, settings: settings, at: loop.now())
        try channel.pipeline.syncOperations.addHandlers([
            ProtocolSelector(loop: loop, facts: facts), ClientHandler(loop: loop, facts: facts),
        ])
    }

    /// Takes any certificate: the handshake proves that the client has its key, and which ones count is for each API to say.
    private static func tlsHandler(_ context: NIOSSLContext) -> NIOSSLServerHandler {
        NIOSSLServerHandler(
            context: context,
            customVerificationCallbackWithMetadata: { certificates, promise in
                promise.succeed(.certificateVerified(VerificationMetadata(ValidatedCertificateChain(certificates))))
            })
    }

    static func facts(
        of channel: any Channel, isTLS: Bool, settings: GatewaySettings, at now: WireInstant
    ) -> ConnectionFacts {
        let peer = channel.remoteAddress
        return ConnectionFacts(
            address: peer.flatMap(AddressBytes.bytes), text: Array((peer?.ipAddress ?? "").utf8),
            localPort: UInt16(truncatingIfNeeded: channel.localAddress?.port ?? 0), isTLS: isTLS, settings, at: now)
    }
}

extension ConnectionFacts {
    /// - Parameter address: the peer's 4 or 16 bytes; `nil` for a peer without.
    init(
        address: [UInt8]?, text: [UInt8], localPort: UInt16, isTLS: Bool, _ settings: GatewaySettings, at now: WireInstant
    ) {
        self.init(
            peerAddress: text, isTrustedProxy: address.map(settings.trustedProxies.contains) ?? false, isTLS: isTLS,
            localPort: localPort)
        mayForwardCertificates = settings.certificateForwarding.isAllowed(self, nowMilliseconds: now.epochMilliseconds)
    }
}
