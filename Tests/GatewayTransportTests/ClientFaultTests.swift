import Foundation
import GatewayTransport
import Testing

/// What clients can do wrong or slowly.
@Suite(.timeLimit(.minutes(10)))
struct ClientFaultTests {
    private static let get = "GET /again HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(
        "a client that sends nothing, or nothing more, is let go in silence", arguments: WireTransport.allCases, [true, false])
    func staysSilent(on transport: WireTransport, afterRequest: Bool) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        let configure = { (settings: inout GatewaySettings) in
            if afterRequest { settings.timeouts.keepAlive = 100 } else { settings.timeouts.head = 100 }
        }
        try await GatewayFixture.run(transport, to: backend, configure: configure) { gateway in
            let client = try await gateway.connect()
            if afterRequest { #expect(try await gateway.expectsFit(client)) }
            client.received.clear()
            #expect(await client.receiveAll() == "")
            #expect(!client.received.value.isReset)
        }
    }

    @Test("a head that does not end is a 408", arguments: WireTransport.allCases)
    func stopsInHead(on transport: WireTransport) async throws {
        try await GatewayFixture.run(transport, to: [1], configure: { $0.timeouts.head = 500 }) { gateway in
            var answer = ""
            while answer.isEmpty {
                // On a slow machine the time may be over before the head has begun: then it ends in silence.
                let client = try await gateway.connect()
                try? await client.send("GET / HTTP/1.1\r\nHos")
                answer = await client.receiveAll()
            }
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(gateway.record.last?.status == 408)
        }
    }

    @Test("a body that does not end is a 408, and the upstream's connection ends", arguments: WireTransport.allCases)
    func stopsInBody(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend, configure: { $0.timeouts.body = 200 }) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            let upstream = await backend.connection()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 408 "))
            #expect(await upstream.receiveAll().hasSuffix("abc"))
        }
    }

    @Test(
        "a client that goes away takes its exchange along", arguments: WireTransport.allCases,
        [
            ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", true),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", true),
            ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc", false),
        ])
    func goesAway(on transport: WireTransport, with request: (text: String, endsInReset: Bool)) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send(request.text)
            let upstream = await backend.connection()
            await upstream.received.wait { $0.text.contains("\r\n\r\n") }
            if request.endsInReset { try await client.reset() } else { await client.close() }
            await upstream.receiveAll()
            #expect(await gateway.record.wait(for: 1).count == 1)
            try await UpstreamFaultTests.serves(gateway.connect(), by: backend, on: 1)
        }
    }

    @Test("a client that goes away while its upstream is sought harms nobody", arguments: WireTransport.allCases)
    func goesAwayWhileConnecting(on transport: WireTransport) async throws {
        let silent = try await SilentServer.start()
        try await GatewayFixture.run(
            transport, to: [silent.port], configure: { $0.upstreams.connectMilliseconds = 300 }
        ) { gateway in
            let client = try await gateway.connect()
            let other = try await gateway.connect()
            try await client.send(Self.get)
            await client.close()
            await gateway.record.wait(for: 1)
            #expect(try await other.exchange(Self.get, until: "101508").hasPrefix("HTTP/1.1 500 "))
        }
        await silent.stop()
    }

    @Test(
        "what is no request is a 400 and ends the connection", arguments: WireTransport.allCases,
        [
            "\u{16}\u{3}\u{1}\u{2}\u{0}",
            "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        ])
    func sendsGarbage(on transport: WireTransport, request: String) async throws {
        try await GatewayFixture.run(transport, to: [1]) { gateway in
            let client = try await gateway.connect()
            try await client.send(request + "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let text = await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 400 "))
            #expect(text.components(separatedBy: "HTTP/1.1 ").count == 2)
            #expect(gateway.record.count == 1)
        }
    }

    @Test("the refusal of a long body reaches a client that sends all of it first", arguments: WireTransport.allCases)
    func sendsRefusedBody(on transport: WireTransport) async throws {
        try await GatewayFixture.run(transport, to: [1]) { gateway in
            let client = try await gateway.connect()
            let size = 4 << 20
            try await client.send("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            try await client.sendPattern(bytes: size)
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        }
    }

    @Test("more connections than allowed are closed at once, until there is room", arguments: WireTransport.allCases)
    func limitsConnections(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend, configure: { $0.connections = 2 }) { gateway in
            let first = try await gateway.connect()
            let second = try await gateway.connect()
            #expect(try await gateway.expectsFit(first))
            #expect(try await gateway.expectsFit(second))
            let third = try await gateway.connect()
            #expect(await third.receiveAll() == "")
            await first.close()
            var isServed = false
            while !isServed {
                let next = try await gateway.connect()
                isServed = (try? await gateway.expectsFit(next)) ?? false
                await next.close()
            }
            #expect(try await gateway.expectsFit(second))
        }
    }

    @Test("a request waits for an upstream connection when all are in use", arguments: WireTransport.allCases)
    func waitsForUpstream(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        let configure = { (settings: inout GatewaySettings) in
            settings.upstreams.connections = 1
            settings.upstreams.waiters = 1
        }
        try await GatewayFixture.run(transport, to: backend, configure: configure) { gateway in
            let first = try await gateway.connect()
            try await first.send(Self.get)
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            let second = try await gateway.connect()
            try await second.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            let third = try await gateway.connect()
            // The second waits or the third does, whichever comes first; the other is told.
            try await third.send(Self.get)
            await gateway.record.wait(for: 1)
            upstream.received.clear()
            try await upstream.send(Reply.ok("one").text)
            await upstream.received.wait { $0.text.contains("\r\n\r\n") }
            try await upstream.send(Reply.ok("two").text)
            await gateway.record.wait(for: 3)
            #expect(await first.receive(until: "one").hasPrefix("HTTP/1.1 200 OK\r\n"))
            var refused = 0
            for client in [second, third] {
                let answer = await client.received.wait { $0.text.hasSuffix("two") || $0.text.hasSuffix("101508") }.text
                if answer.hasSuffix("101508") { refused += 1 }
            }
            #expect(refused == 1)
            #expect(backend.accepted == 1)
        }
    }
}
