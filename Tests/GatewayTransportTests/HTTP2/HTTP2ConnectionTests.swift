import GatewayTransport
import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

/// What a client of HTTP/2 may do with its connection, and how that ends.
@Suite(.timeLimit(.minutes(10)))
struct HTTP2ConnectionTests {
    @Test("stopping answers the streams under way, serves what the client sent before it knew, and closes")
    func drains() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let idle = try await HTTP2Client.connect(port: gateway.port)
            await idle.frames.wait { $0.contains("SETTINGS") }
            let client = try await HTTP2Client.connect(port: gateway.port)
            let stream = try await client.begin("GET", "/", ends: true)
            await backend.connection(0).receive(until: "\r\n\r\n")
            async let stopping: Void = gateway.server.stop(grace: .seconds(60))
            await client.frames.wait { $0.contains("GOAWAY 0") }
            await idle.isClosed.wait { $0 }
            try await backend.connection(0).send(Reply.ok("last").text)
            let record = await stream.end()
            #expect(record.text == "last", "\(record)")
            await client.isClosed.wait { $0 }
            try await stopping
            #expect(gateway.record.accounted.value == [.init(status: 200, errorCode: 0)])
        }
    }

    @Test("a connection without requests is closed after the time for that")
    func closesIdle() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.timeouts.keepAlive = 10 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            await client.frames.wait { $0.contains("GOAWAY 0") }
            await client.isClosed.wait { $0 }
        }
    }

    @Test("a client that resets stream after stream is sent away")
    func stopsRapidResets() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.http2.resets = 20 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            for _ in 0..<40 where client.channel.isActive {
                guard let stream = try? await client.begin("GET", "/", ends: true) else { break }
                try? await stream.reset()
            }
            await client.isClosed.wait { $0 }
            #expect(client.frames.value.contains("GOAWAY 11"))
            let other = try await HTTP2Client.connect(port: gateway.port)
            #expect(try await other.exchange("GET", "/refused").text == "no")
            await other.close()
        }
    }

    @Test("a client that sends one control frame after the other is sent away", arguments: [true, false])
    func stopsFloods(pings: Bool) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.http2.controlFrames = 50 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            // Without end: on a busy machine fewer of them fall into one of the gateway's intervals.
            while client.channel.isActive {
                let payload: HTTP2Frame.FramePayload = pings ? .ping(HTTP2PingData(), ack: false) : .settings(.settings([]))
                try? await client.channel.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: payload))
            }
            await client.isClosed.wait { $0 }
            #expect(client.frames.value.contains("GOAWAY 11"))
        }
    }

    @Test("no more streams at a time than the limit, and the others later")
    func limitsStreams() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.http2.streams = 2 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            await client.frames.wait { $0.contains("SETTINGS") }
            for number in 0..<2 { _ = try await client.begin("GET", "/\(number)", ends: true) }
            async let third = client.begin("GET", "/2", ends: true)
            await backend.connection(0).receive(until: "\r\n\r\n")
            await backend.connection(1).receive(until: "\r\n\r\n")
            #expect(backend.accepted == 2)
            await backend.connection(0).received.clear()
            try await backend.connection(0).send(Reply.ok("done").text)
            #expect(await backend.connection(0).receive(until: "\r\n\r\n").hasPrefix("GET /2 "))
            _ = try await third
            await client.close()
        }
    }

    @Test("header fields that are too large are refused, and once the client knows the limit, end the connection")
    func limitsFields() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.limits.headBytes = 4096 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let large = String(repeating: "x", count: 12_000)
            let answer = try? await client.exchange("GET", "/", ["x-large": large])
            #expect(answer?.status == nil || answer?.status == "431")
            await client.close()
            #expect(backend.requests.isEmpty)
        }
    }

    @Test("requests that HTTP/1.1 could not carry are refused", arguments: ["x", "*"])
    func refusesPaths(path: String) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let stream = try await client.begin("GET", path, ends: true)
            let record = await stream.end()
            #expect(record.reset != nil || record.status == "400", "\(record)")
            #expect(backend.requests.isEmpty)
            #expect(try await client.exchange("GET", "/refused").text == "no")
            await client.close()
        }
    }

    @Test("the preface may come in pieces, and what only begins like it is HTTP/1.1", arguments: [1, 5, 23])
    func recognises(size: Int) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await gateway.connect()
            let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            for start in stride(from: 0, to: preface.count, by: size) {
                try await client.channel.writeAndFlush(
                    ByteBuffer(bytes: preface[start..<min(start + size, preface.count)]))
            }
            // The gateway's own settings come first: type 4, stream 0.
            let received = await client.received.wait { $0.text.utf8.count >= 9 }
            #expect(Array(received.text.utf8)[3] == 4)
            let other = try await gateway.connect()
            try await other.send("PRI")
            let answer = try await other.exchange("NT / HTTP/1.1\r\nHost: x\r\n\r\n", until: "HTTP/1.1")
            #expect(answer.isEmpty || answer.contains("HTTP/1.1"))
        }
    }
}
