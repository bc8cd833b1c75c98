#if os(Linux)
    import GatewayCore
    import GatewayEpoll
    import NIOCore
    import NIOPosix
    import Synchronization

    /// Serves the connections that the epoll transport hands over, on the loops of SwiftNIO in turn.
    final class ConnectionAdopter: Sendable {
        private let loops: [NIOLoopBound<GatewayLoop>]
        private let settings: GatewaySettings
        private let turn = Atomic<UInt>(0)

        init(loops: [NIOLoopBound<GatewayLoop>], settings: GatewaySettings) {
            self.loops = loops
            self.settings = settings
        }

        func adopt(_ handed: HandedOverConnection) {
            let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
            let loop = loops[Int(number % UInt(loops.count))]
            loop.eventLoop.execute { [self] in
                if handed.isDecided { Self.adoptRequest(handed, on: loop.value) } else { adoptFresh(handed, on: loop.value) }
            }
        }

        /// Takes a connection with bytes that nobody has looked at, as if it came from a listener of SwiftNIO.
        private func adoptFresh(_ handed: HandedOverConnection, on loop: GatewayLoop) {
            Self.bootstrap(loop)
                .channelInitializer { [loops, settings] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try GatewayServer.configure(channel, tlsContext: nil, loops: loops, settings: settings)
                    }
                }
                .withConnectedSocket(handed.descriptor)
                .assumeIsolated().whenSuccess { channel in
                    try? channel.pipeline.syncOperations.handler(type: ClientHandler.self).send(first: handed.unsent)
                    channel.pipeline.fireChannelRead(ByteBuffer(bytes: handed.received))
                    channel.pipeline.fireChannelReadComplete()
                }
        }

        /// Takes a connection whose request is decided and waits for an upstream.
        private static func adoptRequest(_ handed: HandedOverConnection, on loop: GatewayLoop) {
            handed.connection.arrive(in: loop.context)
            let handler = ClientHandler(loop: loop, adopting: handed.connection)
            let bound = NIOLoopBound(handler, eventLoop: loop.eventLoop)
            bootstrap(loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
                }
                .withConnectedSocket(handed.descriptor)
                .assumeIsolated().whenComplete { result in
                    switch result {
                    case .success: handler.begin(sending: handed.unsent, received: handed.received)
                    case .failure: handler.abandon()
                    }
                }
        }

        private static func bootstrap(_ loop: GatewayLoop) -> ClientBootstrap {
            ClientBootstrap(group: loop.eventLoop)
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(
                    .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 2048, maximum: 65_536))
        }
    }
#endif
