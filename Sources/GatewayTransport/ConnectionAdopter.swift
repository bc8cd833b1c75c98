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
                if handed.isDecided { Self.adoptRequest(handed, on: loop) } else { adoptFresh(handed, on: loop) }
            }
        }

        /// Takes a connection with bytes that nobody has looked at, as if it came from a listener of SwiftNIO.
        private func adoptFresh(_ handed: HandedOverConnection, on loop: NIOLoopBound<GatewayLoop>) {
            Self.open(handed.socket, on: loop) { [settings] channel in
                let facts = GatewayServer.facts(of: channel, isTLS: false, settings: settings, at: loop.value.now())
                return ClientHandler(loop: loop.value, facts: facts, isAdopted: true)
            }.whenSuccess { [settings] channel in
                // The bytes may be the first of HTTP/2.
                let facts = GatewayServer.facts(of: channel, isTLS: false, settings: settings, at: loop.value.now())
                try? channel.pipeline.syncOperations.addHandler(
                    ProtocolSelector(loop: loop.value, facts: facts), position: .first)
                try? channel.pipeline.syncOperations.handler(type: ClientHandler.self).send(first: handed.unsent)
                channel.pipeline.fireChannelRead(ByteBuffer(bytes: handed.received))
                channel.pipeline.fireChannelReadComplete()
            }
        }

        /// Takes a connection whose request is decided and waits for an upstream.
        private static func adoptRequest(_ handed: HandedOverConnection, on loop: NIOLoopBound<GatewayLoop>) {
            handed.connection.arrive(in: loop.value.context)
            let handler = ClientHandler(loop: loop.value, adopting: handed.connection)
            let bound = NIOLoopBound(handler, eventLoop: loop.eventLoop)
            open(handed.socket, on: loop) { _ in bound.value }.whenComplete { result in
                switch result {
                case .success: handler.begin(sending: handed.unsent, received: handed.received)
                case .failure: handler.abandon()
                }
            }
        }

        /// Makes a channel of the socket, with a client's handler in it.
        private static func open(
            _ socket: HandedOverSocket, on loop: NIOLoopBound<GatewayLoop>,
            handler: @escaping @Sendable (any Channel) -> ClientHandler
        ) -> EventLoopFuture<any Channel>.Isolated {
            ClientBootstrap(group: loop.eventLoop)
                .channelInitializer { channel in
                    // There is a channel now, which closes the descriptor whatever happens. Without one this is never called.
                    socket.taken()
                    return channel.eventLoop.makeCompletedFuture {
                        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
                        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
                        let sizes = AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 2048, maximum: 65_536)
                        try channel.syncOptions?.setOption(.recvAllocator, value: sizes)
                        try channel.pipeline.syncOperations.addHandler(handler(channel))
                    }
                }
                .withConnectedSocket(socket.descriptor)
                .assumeIsolated()
        }
    }
#endif
