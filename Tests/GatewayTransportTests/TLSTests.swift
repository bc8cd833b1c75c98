import GatewayTransport
import Testing

/// TLS at the listener and at the upstream.
@Suite(.timeLimit(.minutes(10)))
struct TLSTests {
    @Test("requests over TLS are answered, and the last answer arrives whole")
    func listens() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        let identity = try TestIdentity.listener()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.listeners[0].identity = identity }) { gateway in
            let client = try await RawConnection.connect(port: gateway.port, isTLS: true)
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            client.received.clear()
            try await client.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = await client.receiveAll()
            #expect(text.hasSuffix("GET /last HTTP/1.1"))
            #expect(!client.received.value.isReset)
        }
    }

    @Test("a long answer over TLS arrives whole though its connection closes")
    func downloads() async throws {
        let backend = try await RawServer.start()
        let identity = try TestIdentity.listener()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.listeners[0].identity = identity }) { gateway in
            let client = try await RawConnection.connect(port: gateway.port, checksBody: true, isTLS: true)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n")
            try await upstream.sendPattern(bytes: 8_000_000)
            let received = await client.received.wait { $0.isClosed }
            #expect(received.bodyBytes == 8_000_000)
            #expect(received.isBodyRight)
        }
    }

    @Test("requests go to upstreams over TLS", arguments: WireTransport.allCases)
    func connects(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let trust = try TestIdentity.certificates()
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(
            transport, upstreams: [upstream], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            for _ in 0..<3 { #expect(try await gateway.expectsFit(client)) }
            #expect(backend.accepted == 1)
        }
        await backend.stop()
    }

    @Test("an upstream whose certificate nobody vouches for is 101503", arguments: WireTransport.allCases)
    func distrusts(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let upstream = GatewayFixture.upstream(host: "localhost", port: backend.port, isTLS: true)
        try await GatewayFixture.run(transport, upstreams: [upstream]) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET /again HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
            #expect(answer.hasPrefix("HTTP/1.1 500 "))
            #expect(backend.requests.isEmpty)
        }
        await backend.stop()
    }
}
