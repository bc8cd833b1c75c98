import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// A client of HTTP/2 whose frames the test chooses.
struct HTTP2Client: Sendable {
    let channel: any Channel
    private let multiplexer: NIOHTTP2Handler.StreamMultiplexer
    /// Frames that concern the connection.
    let frames: Observed<[String]>
    let isClosed: Observed<Bool>

    static func connect(port: Int, isTLS: Bool = false) async throws -> HTTP2Client {
        let frames = Observed<[String]>([])
        let isClosed = Observed(false)
        let (channel, multiplexer) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = NIOHTTP2Handler(mode: .client, eventLoop: channel.eventLoop) { $0.close() }
                    if isTLS { try channel.pipeline.syncOperations.addHandler(TestIdentity.http2ClientHandler()) }
                    try channel.pipeline.syncOperations.addHandlers(handler, ConnectionRecorder(frames, isClosed))
                    return (channel, try handler.syncMultiplexer())
                }
            }
        return HTTP2Client(channel: channel, multiplexer: multiplexer, frames: frames, isClosed: isClosed)
    }

    func open(keepsBody: Bool = true) async throws -> HTTP2Stream {
        let received = Observed(StreamRecord())
        let channel = try await multiplexer.createStreamChannel { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(StreamRecorder(received, keepsBody: keepsBody))
            }
        }.get()
        return HTTP2Stream(channel: channel, received: received)
    }

    /// Begins a request.
    func begin(
        _ method: String = "GET", _ path: String, _ fields: HPACKHeaders = [:], ends: Bool, keepsBody: Bool = true
    ) async throws -> HTTP2Stream {
        let stream = try await open(keepsBody: keepsBody)
        var headers: HPACKHeaders = [":method": method, ":scheme": "http", ":authority": "shop.example", ":path": path]
        headers.add(contentsOf: fields)
        try await stream.send(headers, ends: ends)
        return stream
    }

    /// A whole request and its whole answer.
    func exchange(
        _ method: String = "GET", _ path: String, _ fields: HPACKHeaders = [:], body: String? = nil
    ) async throws -> StreamRecord {
        let stream = try await begin(method, path, fields, ends: body == nil)
        if let body { try await stream.send(body, ends: true) }
        return await stream.end()
    }

    func close() async { try? await channel.close() }
}

private final class ConnectionRecorder: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let frames: Observed<[String]>
    private let isClosed: Observed<Bool>

    init(_ frames: Observed<[String]>, _ isClosed: Observed<Bool>) {
        self.frames = frames
        self.isClosed = isClosed
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data).payload {
        case .goAway(_, let code, _): frames.change { $0.append("GOAWAY \(code.networkCode)") }
        case .settings(.settings): frames.change { $0.append("SETTINGS") }
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}

    func channelInactive(context: ChannelHandlerContext) { isClosed.change { $0 = true } }
}

extension TestIdentity {
    /// A client that trusts this certificate and speaks nothing but HTTP/2.
    static func http2ClientHandler() throws -> NIOSSLClientHandler {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try certificates())
        configuration.applicationProtocols = ["h2"]
        return try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: "localhost")
    }

    /// What a server of HTTP/2 shows.
    static func http2ServerHandler() throws -> NIOSSLServerHandler {
        let identity = try listener()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: identity.certificateChain.map { .certificate($0) }, privateKey: .privateKey(identity.privateKey))
        configuration.applicationProtocols = ["h2"]
        return NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration))
    }
}
