import NIOCore
import NIOPosix

/// One side of a TCP connection that sends and receives plain text as the test says.
struct RawConnection: Sendable {
    let channel: any Channel
    let received: ReceivedBytes

    /// - Parameter receiveBuffer: bytes that the system takes for a reader that does not read.
    static func connect(
        port: Int, checksBody: Bool = false, receiveBuffer: Int? = nil, isTLS: Bool = false
    ) async throws -> RawConnection {
        let received = ReceivedBytes(checksBody: checksBody)
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if isTLS { try channel.pipeline.syncOperations.addHandler(TestIdentity.clientHandler()) }
                    try channel.pipeline.syncOperations.addHandler(received)
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, received: received)
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

    /// Sends a body of ``BytePattern``, as fast as the other side takes it, and counts in `sent`.
    func sendPattern(bytes: Int, sent: Observed<Int>? = nil) async throws {
        var offset = 0
        while offset < bytes {
            let slice = BytePattern.slice(at: offset, count: bytes - offset)
            try await channel.writeAndFlush(ByteBuffer(bytes: slice))
            offset += slice.count
            sent?.change { $0 = offset }
        }
    }

    func close() async { try? await channel.close() }

    /// Ends the sending half only.
    func endSending() async throws { try await channel.close(mode: .output) }

    /// Ends the connection with a reset.
    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    func setReading(_ isReading: Bool) async throws { try await channel.setOption(.autoRead, value: isReading).get() }

    /// Sends and waits until the text received ends in `suffix`.
    func exchange(_ text: String, until suffix: String) async throws -> String {
        received.clear()
        try await send(text)
        return await received.wait { $0.text.hasSuffix(suffix) || $0.isClosed }.text
    }

    /// Waits until the other side has sent this, or closed.
    @discardableResult
    func receive(until suffix: String) async -> String {
        await received.wait { $0.text.hasSuffix(suffix) || $0.isClosed }.text
    }

    /// Waits until the other side has closed, and answers all that it sent.
    @discardableResult
    func receiveAll() async -> String { await received.wait { $0.isClosed }.text }
}
