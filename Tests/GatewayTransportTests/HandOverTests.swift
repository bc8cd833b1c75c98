import Foundation
import GatewayTransport
import Testing

/// Connections that begin on one transport and go on on another.
@Suite(.timeLimit(.minutes(4)))
struct HandOverTests {
    @Test("a request that asks for another protocol is answered, and so are those after it", arguments: WireTransport.allCases)
    func upgrades(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            #expect(try await gateway.expectsFit(client))
            let upgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
            let answer = try await client.exchange(
                "GET /up HTTP/1.1\r\nHost: x\r\n\(upgrade)\r\nGET /behind HTTP/1.1\r\nHost: x\r\n\r\n",
                until: "GET /behind HTTP/1.1")
            #expect(answer.contains("\r\n\r\nGET /up HTTP/1.1HTTP/1.1 200 OK\r\n"))
            #expect(!answer.contains("101 "))
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            #expect(gateway.record.count == 6)
        }
    }

    @Test("HTTP/2 without TLS goes on where it is spoken", arguments: WireTransport.allCases, [7, 100])
    func takesHTTP2(on transport: WireTransport, step: Int) async throws {
        try await GatewayFixture.run(transport, to: [1]) { gateway in
            let client = try await gateway.connect()
            let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            for start in stride(from: 0, to: preface.count, by: step) {
                let piece = preface[start..<min(start + step, preface.count)]
                try? await client.send(String(decoding: piece, as: UTF8.self))
            }
            // The gateway's settings come first: a frame of type 4.
            let received = await client.received.wait { $0.text.utf8.count >= 9 || $0.isClosed }
            #expect(Array(received.text.utf8).dropFirst(3).first == 4)
            await client.close()
        }
    }

    @Test("a body that was partly read goes on to an upstream over TLS", arguments: WireTransport.allCases)
    func carriesBody(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(checksBody: true, isTLS: true)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            transport, upstreams: [upstream], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let size = 3_000_000
            let client = try await gateway.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            async let sending: Void = client.sendPattern(bytes: size)
            let server = await backend.connection()
            let received = await server.received.wait { $0.bodyBytes >= size || $0.isClosed }
            try await sending
            #expect(received.bodyBytes == size)
            #expect(received.isBodyRight)
            try await server.send(Reply.ok("done").text)
            #expect(await client.receive(until: "done").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(gateway.record.accounted.value == [.init(status: 200, errorCode: 0)])
        }
        await backend.stop()
    }

    @Test("pipelined requests to TLS upstreams are answered in order, each once", arguments: WireTransport.allCases)
    func pipelines(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            transport, upstreams: [upstream], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            let targets = ["/refused", "/1", "/2", "/refused", "/3"]
            let answers = try await client.exchange(
                targets.map { "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined(), until: "GET /3 HTTP/1.1")
            let statuses = answers.components(separatedBy: "HTTP/1.1 ").compactMap { Int($0.prefix(3)) }
            #expect(statuses == [403, 200, 200, 403, 200])
            #expect(backend.requests.count == 3)
            #expect(gateway.record.count == 5)
        }
        await backend.stop()
    }

    @Test("a request that fails over from a plain upstream to one over TLS arrives", arguments: WireTransport.allCases)
    func failsOver(on transport: WireTransport) async throws {
        let gone = try await RawServer.start()
        await gone.stop()
        let backend = try await RawServer.start(isTLS: true) { $0.hasSuffix("hello") ? .ok("there") : nil }
        let trust = try TestIdentity.certificates()
        let upstreams = [
            GatewayFixture.upstream(port: gone.port),
            GatewayFixture.upstream(host: "localhost", port: backend.port, pool: 1, isTLS: true),
        ]
        try await GatewayFixture.run(
            transport, upstreams: upstreams, configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", until: "there")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(gateway.record.count == 1)
        }
        await backend.stop()
    }

    @Test("a connection that was handed over ends with the drain like the others", arguments: WireTransport.allCases)
    func drains(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            transport, upstreams: [upstream], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let server = await backend.connection()
            await server.receive(until: "\r\n\r\n")
            async let stopping: Void = gateway.server.stop(grace: .seconds(60))
            await #expect(throws: (any Error).self) {
                while true { await (try await gateway.connect()).close() }
            }
            try await server.send(Reply.ok("last").text)
            #expect(await client.receiveAll().hasSuffix("last"))
            try await stopping
        }
        await backend.stop()
    }
}
