import GatewayCore
import GatewayTransport
import Model
import NIOCore
import NIOEmbedded

/// A client's HTTP/2 connection whose two ends are arrays of bytes.
final class FrameExercise {
    private let channel: EmbeddedChannel
    private let allowance = GatewayAllowance(connections: 4096, upstreamConnections: 1, limits: FrameScenery.limits)

    /// The gateway has closed the connection.
    var isClosed: Bool { !channel.isActive }

    init() throws(FuzzFinding) {
        let loop = EmbeddedEventLoop()
        do {
            let engine = try FrameEngine(
                eventLoop: loop, pipeline: FrameScenery.pipeline(), limits: FrameScenery.limits, allowance: allowance,
                time: TimeSource { 1_700_000_000_000 })
            channel = EmbeddedChannel(loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 8280)).wait()
            try channel.pipeline.syncOperations.addHandler(engine.handler)
        } catch {
            throw FuzzFinding("no connection: \(error)")
        }
    }

    /// The client sends bytes; what the gateway sends is the result.
    func client(_ bytes: some Sequence<UInt8>) throws(FuzzFinding) -> [UInt8] {
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch {
            throw FuzzFinding("an error of the connection: \(error)")
        }
        return sent()
    }

    /// The client closes; nothing may be held for it then.
    func end() throws(FuzzFinding) -> [UInt8] {
        let last = sent()
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
        try FuzzFinding.require(allowance.clients.inUse == 0, "clients are there after the end")
        try FuzzFinding.require(allowance.collectedBytes.inUse == 0, "bytes of bodies are held after the end")
        return last
    }

    /// Has everything done that waits for the end of the event at hand.
    private func sent() -> [UInt8] {
        channel.embeddedEventLoop.run()
        var bytes: [UInt8] = []
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { bytes += buffer.readableBytesView }
        return bytes
    }
}
