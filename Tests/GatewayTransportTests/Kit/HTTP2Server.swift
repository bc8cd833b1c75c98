import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// An upstream that speaks HTTP/2 and whose streams the test plays by hand.
final class HTTP2Server: Sendable {
    let port: Int
    private let channel: any Channel
    private let connections: Observed<[any Channel]>
    private let streams: Observed<[HTTP2Stream]>

    private init(channel: any Channel, connections: Observed<[any Channel]>, streams: Observed<[HTTP2Stream]>) {
        self.channel = channel
        self.connections = connections
        self.streams = streams
        port = channel.localAddress?.port ?? 0
    }

    static func start(isTLS: Bool = false, streamLimit: Int = 100, keepsBody: Bool = true) async throws -> HTTP2Server {
        let connections = Observed<[any Channel]>([])
        let streams = Observed<[HTTP2Stream]>([])
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
                    configuration.initialSettings = [HTTP2Setting(parameter: .maxConcurrentStreams, value: streamLimit)]
                    if isTLS { try channel.pipeline.syncOperations.addHandler(TestIdentity.http2ServerHandler()) }
                    let handler = NIOHTTP2Handler(
                        mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: configuration
                    ) { stream in
                        let received = Observed(StreamRecord())
                        streams.change { $0.append(HTTP2Stream(channel: stream, received: received)) }
                        return stream.eventLoop.makeCompletedFuture {
                            try stream.pipeline.syncOperations.addHandler(StreamRecorder(received, keepsBody: keepsBody))
                        }
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                    connections.change { $0.append(channel) }
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        return HTTP2Server(channel: channel, connections: connections, streams: streams)
    }

    var accepted: Int { connections.value.count }

    /// Waits for the stream of this number, over all connections.
    func stream(_ number: Int = 0) async -> HTTP2Stream { await streams.wait { $0.count > number }[number] }

    /// Says that a connection takes no more requests, and which was the last one that it looked at.
    func leave(_ number: Int = 0, lastStreamID: HTTP2StreamID = .maxID) async throws {
        let frame = HTTP2Frame.FramePayload.goAway(lastStreamID: lastStreamID, errorCode: .noError, opaqueData: nil)
        try await connections.value[number].writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: frame))
    }

    func closeConnections() async {
        for connection in connections.value { try? await connection.close() }
    }

    func stop() async {
        try? await channel.close()
        await closeConnections()
    }

    static let ok: HPACKHeaders = [":status": "200", "content-type": "text/plain"]
}
