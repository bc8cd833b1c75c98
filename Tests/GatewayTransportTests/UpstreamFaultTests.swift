import Testing

/// What an upstream can do wrong before it has answered: the code of the failure, and a client's connection that is fit for more.
@Suite(.timeLimit(.minutes(10)))
struct UpstreamFaultTests {
    private static let get = GatewayFixture.get

    @Test("an upstream that refuses connections is 101503", arguments: WireTransport.allCases)
    func refuses(on transport: WireTransport) async throws {
        try await GatewayFixture.run(transport, to: [1]) { gateway in
            let client = try await gateway.connect()
            for count in 1...3 {
                let answer = try await client.exchange(Self.get, until: "101503")
                #expect(answer.hasPrefix("HTTP/1.1 500 "))
                #expect(await gateway.record.wait(for: count).last == .init(status: 500, errorCode: 101_503))
            }
        }
    }

    @Test("a request whose upstream refuses goes to the next one, body and all", arguments: WireTransport.allCases)
    func failsOver(on transport: WireTransport) async throws {
        let backend = try await RawServer.start { $0.hasSuffix("hello") ? .ok("there") : nil }
        // Nobody listens on port 1. One that a server has left could be another test's by now.
        try await GatewayFixture.run(transport, to: [1, backend.port]) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", until: "there")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
        await backend.stop()
    }

    @Test("an upstream that takes no connection is 101508", arguments: WireTransport.allCases)
    func doesNotConnect(on transport: WireTransport) async throws {
        let silent = try await SilentServer.start()
        try await GatewayFixture.run(
            transport, to: [silent.port], configure: { $0.upstreams.connectMilliseconds = 100 }
        ) { gateway in
            let client = try await gateway.connect()
            #expect(try await client.exchange(Self.get, until: "101508").hasPrefix("HTTP/1.1 500 "))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_508))
        }
        await silent.stop()
    }

    @Test("a name without address is 101503", arguments: WireTransport.allCases)
    func unknownName(on transport: WireTransport) async throws {
        // Not a name by RFC 1123, so that no server is asked.
        let upstream = GatewayFixture.upstream(host: "no..name", port: 80)
        try await GatewayFixture.run(transport, upstreams: [upstream]) { gateway in
            let client = try await gateway.connect()
            #expect(try await client.exchange(Self.get, until: "101503").hasPrefix("HTTP/1.1 500 "))
        }
    }

    @Test("an upstream that closes without an answer is 101505", arguments: WireTransport.allCases)
    func closes(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            await upstream.close()
            #expect(await client.receive(until: "101505").hasPrefix("HTTP/1.1 500 "))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_505))
            try await Self.serves(client, by: backend, on: 1)
        }
    }

    @Test("an upstream that resets its connection is 101501", arguments: WireTransport.allCases)
    func resets(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            try await upstream.reset()
            #expect(await client.receive(until: "101501").hasPrefix("HTTP/1.1 500 "))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_501))
            try await Self.serves(client, by: backend, on: 1)
        }
    }

    @Test(
        "an upstream that does not answer in time is 101504, and its late answer goes nowhere",
        arguments: WireTransport.allCases)
    func stalls(on transport: WireTransport) async throws {
        let backend = try await RawServer.start { $0.hasPrefix("GET /again") ? Reply.echo($0) : nil }
        try await GatewayFixture.run(transport, to: backend, timeout: 5000) { gateway in
            let client = try await gateway.connect()
            try await client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = await backend.connection()
            #expect(await client.receive(until: "101504").hasPrefix("HTTP/1.1 500 "))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_504))
            try? await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
            await upstream.receiveAll()
            #expect(try await gateway.expectsFit(client))
            #expect(backend.accepted == 2)
        }
    }

    @Test(
        "an upstream that does not speak HTTP is 101506", arguments: WireTransport.allCases,
        ["garbage", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n"])
    func speaksWrongly(on transport: WireTransport, answer: String) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send(Self.get)
            let upstream = await backend.connection()
            try await upstream.send(answer)
            #expect(await client.receive(until: "101506").hasPrefix("HTTP/1.1 500 "))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_506))
            await upstream.receiveAll()
            try await Self.serves(client, by: backend, on: 1)
        }
    }

    @Test("the head of an answer that never ends is 101506", arguments: WireTransport.allCases)
    func endlessHead(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send(Self.get)
            let upstream = await backend.connection()
            try await upstream.send("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 70_000))
            #expect(await client.receive(until: "101506").hasPrefix("HTTP/1.1 500 "))
            await upstream.receiveAll()
        }
    }

    /// Sends another request on the client's connection and answers it.
    ///
    /// - Parameter number: of the upstream's connection that has to serve it.
    static func serves(_ client: RawConnection, by backend: RawServer, on number: Int) async throws {
        client.received.clear()
        try await client.send(get)
        let upstream = await backend.connection(number)
        await upstream.receive(until: "\r\n\r\n")
        try await upstream.send(Reply.ok("fine").text)
        #expect(await client.receive(until: "fine").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
}
