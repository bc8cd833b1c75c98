import Testing

/// What an upstream can do wrong inside its answer or after it.
@Suite(.timeLimit(.minutes(10)))
struct UpstreamBodyFaultTests {
    private static let get = "GET /again HTTP/1.1\r\nHost: x\r\n\r\n"

    /// Starts an exchange and has the upstream send the beginning of its answer.
    private static func begin(
        _ gateway: GatewayFixture, _ backend: RawServer, _ beginning: String
    ) async throws -> (client: RawConnection, upstream: RawConnection) {
        let client = try await gateway.connect()
        try await client.send(get)
        let upstream = await backend.connection()
        // Closing a socket with unread bytes would be a reset.
        await upstream.receive(until: "\r\n\r\n")
        try await upstream.send(beginning)
        await client.received.wait { $0.text.hasSuffix("abc") }
        return (client, upstream)
    }

    @Test(
        "a reset inside a body ends the client's connection without a false end", arguments: WireTransport.allCases,
        ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n8\r\nabc"])
    func resets(on transport: WireTransport, beginning: String) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(gateway, backend, "HTTP/1.1 200 OK\r\n" + beginning)
            try await upstream.reset()
            let text = await client.receiveAll()
            #expect(text.hasSuffix("abc"))
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_501)])
            try await UpstreamFaultTests.serves(gateway.connect(), by: backend, on: 1)
        }
    }

    @Test("a body that ends too early is 101505 in the log", arguments: WireTransport.allCases)
    func endsEarly(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(
                gateway, backend, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            await upstream.close()
            await client.receiveAll()
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_505)])
        }
    }

    @Test("a body that ends with its connection passes to its end", arguments: WireTransport.allCases)
    func untilClose(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(gateway, backend, "HTTP/1.1 200 OK\r\n\(Reply.date)\r\nabc")
            try await upstream.send("def")
            await upstream.close()
            let text = await client.receiveAll()
            #expect(text == "HTTP/1.1 200 OK\r\n\(Reply.date)Connection: close\r\nactivityid: 1\r\n\r\nabcdef")
            #expect(!client.received.value.isReset)
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 0)])
        }
    }

    @Test("a reset of a body that ends with its connection is a reset for the client too", arguments: WireTransport.allCases)
    func untilReset(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(gateway, backend, "HTTP/1.1 200 OK\r\n\r\nabc")
            try await upstream.reset()
            await client.receiveAll()
            #expect(client.received.value.isReset)
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_501)])
        }
    }

    @Test("a body that stalls is cut off", arguments: WireTransport.allCases)
    func stalls(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend, timeout: 5000) { gateway in
            let (client, upstream) = try await Self.begin(
                gateway, backend, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            await client.receiveAll()
            await upstream.receiveAll()
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_504)])
        }
    }

    @Test("a chunk that is none ends the client's connection", arguments: WireTransport.allCases)
    func breaksChunks(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(
                gateway, backend, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc")
            try await upstream.send("\r\ngarbage\r\n0\r\n\r\n")
            let text = await client.receiveAll()
            #expect(!text.hasSuffix("0\r\n\r\n"))
            await upstream.receiveAll()
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_506)])
        }
    }

    @Test(
        "more than Content-Length promised goes to nobody, and spoils the upstream's connection",
        arguments: WireTransport.allCases)
    func sendsMore(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let surplus = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
            let (client, upstream) = try await Self.begin(
                gateway, backend, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc" + surplus)
            await upstream.receiveAll()
            try await UpstreamFaultTests.serves(client, by: backend, on: 1)
        }
    }

    @Test("bytes that come between two answers spoil the connection, not the next answer", arguments: WireTransport.allCases)
    func sendsUnasked(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await Self.begin(
                gateway, backend, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
            await gateway.record.wait(for: 1)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            await upstream.receiveAll()
            try await UpstreamFaultTests.serves(client, by: backend, on: 1)
        }
    }

    @Test("a kept connection that the upstream closes is replaced", arguments: WireTransport.allCases)
    func closesKept(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            for number in 0..<5 {
                let upstream = await { () async -> RawConnection in
                    try? await client.send(Self.get)
                    return await backend.connection(number)
                }()
                await upstream.receive(until: "\r\n\r\n")
                try await upstream.send(Reply.ok("\(number)").text)
                await client.receive(until: "\r\n\r\n\(number)")
                client.received.clear()
                await upstream.close()
                // What the gateway does between the two is its affair: it may see the end first, or send into it and try again.
            }
            #expect(gateway.record.accounted.value.allSatisfy { $0 == .init(status: 200, errorCode: 0) })
        }
    }

    @Test(
        "a request that a kept connection swallows is sent again if nothing can have happened",
        arguments: WireTransport.allCases)
    func repeats(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, first) = try await Self.begin(gateway, backend, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
            first.received.clear()
            client.received.clear()
            try await client.send(Self.get)
            await first.receive(until: "\r\n\r\n")
            await first.close()
            let second = await backend.connection(1)
            await second.receive(until: "\r\n\r\n")
            try await second.send(Reply.ok("again").text)
            #expect(await client.receive(until: "again").hasPrefix("HTTP/1.1 200 OK\r\n"))

            second.received.clear()
            client.received.clear()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
            await second.receive(until: "hi")
            await second.close()
            #expect(await client.receive(until: "101505").hasPrefix("HTTP/1.1 500 "))
            #expect(backend.accepted == 2)
        }
    }

    @Test(
        "an answer before the end of a body passes, though the upstream closes on the rest", arguments: WireTransport.allCases)
    func answersEarly(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\nabc")
            let upstream = await backend.connection()
            await upstream.receive(until: "abc")
            try await upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge")
            await upstream.close()
            #expect(await client.receive(until: "large").hasPrefix("HTTP/1.1 413 Too Large\r\n"))
            await client.receiveAll()
            #expect(await gateway.record.wait(for: 1) == [.init(status: 413, errorCode: 0)])
        }
    }
}
