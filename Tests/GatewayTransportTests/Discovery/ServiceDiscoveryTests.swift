import GatewayCore
import NIOCore
import NIOPosix
import Testing

@testable import GatewayTransport

/// Upstreams that are found by the SRV records of a service.
@Suite(.timeLimit(.minutes(10)))
struct ServiceDiscoveryTests {
    private static let service = Upstream(
        pool: 0, host: "_shop._tcp.example.com", port: 80, isTLS: false, isService: true, hostField: Array("example.com".utf8),
        pathPrefix: [], url: Array("srv://_shop._tcp.example.com".utf8), timeoutMilliseconds: 600_000)

    @Test("requests go where the records say, and elsewhere when these have changed")
    func follows() async throws {
        let first = try await RawServer.start { _ in Reply(text: Reply.ok("first").text, closes: true) }
        let second = try await RawServer.start { _ in Reply(text: Reply.ok("second").text, closes: true) }
        let names = try await NameServer.start([(1, 1, UInt16(first.port), "127.0.0.1", 1)])
        try await GatewayFixture.run(
            .nio, upstreams: [Self.service], configure: { $0.upstreams.nameServers = [names.address] }
        ) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", until: "first")
            #expect(answer.hasSuffix("first"))
            #expect(first.requests[0].contains("Host: example.com\r\n"))
            names.places.change { $0 = [(1, 1, UInt16(second.port), "127.0.0.1", 1)] }
            while true {
                let next = try await gateway.connect()
                try await next.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                // Until the record has expired, the first still answers.
                let text = await next.received.wait { $0.text.hasSuffix("first") || $0.text.hasSuffix("second") || $0.isClosed }
                    .text
                if text.hasSuffix("second") { break }
                #expect(text.hasSuffix("first"))
                await next.close()
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        await names.stop()
        await first.stop()
        await second.stop()
    }

    @Test("a service without records, or whose name server is silent, is 101503")
    func fails() async throws {
        let names = try await NameServer.start([])
        try await GatewayFixture.run(
            .nio, upstreams: [Self.service], configure: { $0.upstreams.nameServers = [names.address] }
        ) { gateway in
            for _ in 0..<2 {
                let client = try await gateway.connect()
                let answer = try await client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
                #expect(answer.hasPrefix("HTTP/1.1 500 "))
            }
        }
        await names.stop()
    }

    @Test("the second name server is asked when the first says nothing")
    func asksOthers() async throws {
        let silent = try await NameServer.start(nil)
        let backend = try await RawServer.start(answer: Reply.echo)
        let names = try await NameServer.start([(1, 1, UInt16(backend.port), "127.0.0.1", 60)])
        try await GatewayFixture.run(
            .nio, upstreams: [Self.service], configure: { $0.upstreams.nameServers = [silent.address, names.address] }
        ) { gateway in
            let client = try await gateway.connect()
            // On a busy machine the second one's answer, too, may come too late.
            while true {
                try await client.send("GET /again HTTP/1.1\r\nHost: x\r\n\r\n")
                let text = await client.received.wait {
                    $0.text.hasSuffix("GET /again HTTP/1.1") || $0.text.hasSuffix("101503") || $0.isClosed
                }.text
                if text.hasPrefix("HTTP/1.1 200 OK\r\n") { break }
                try #require(text.hasSuffix("101503"))
                client.received.clear()
            }
        }
        for server in [silent, names] { await server.stop() }
        await backend.stop()
    }
}

/// A name server that knows one service.
final class NameServer: Sendable {
    let places: Observed<[NameServerMessage.Place]>
    let address: SocketAddress
    private let channel: any Channel

    private init(_ channel: any Channel, _ address: SocketAddress, _ places: Observed<[NameServerMessage.Place]>) {
        self.channel = channel
        self.address = address
        self.places = places
    }

    /// - Parameter places: what it answers; `nil`: nothing at all.
    static func start(_ places: [NameServerMessage.Place]?) async throws -> NameServer {
        let known = Observed(places ?? [])
        let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if places != nil { try channel.pipeline.syncOperations.addHandler(Answerer(known)) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return NameServer(channel, try #require(channel.localAddress), known)
    }

    func stop() async { try? await channel.close() }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let places: Observed<[NameServerMessage.Place]>

        init(_ places: Observed<[NameServerMessage.Place]>) { self.places = places }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            let question = Array(envelope.data.readableBytesView)
            guard question.count > 12 else { return }
            let id = UInt16(question[0]) << 8 | UInt16(question[1])
            guard let answer = try? NameServerMessage.answer("_shop._tcp.example.com", id: id, places.value) else { return }
            let reply = AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))
            context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
        }
    }
}
