import GatewayTransport
import Testing

/// Clients that end their sending half when they have asked (`nc -N`), and still read.
@Suite(.timeLimit(.minutes(10)))
struct HalfCloseTests {
    private static let get = GatewayFixture.get

    @Test("they get the answer, and the end of the connection", arguments: WireTransport.allCases)
    func waitsForAnswer(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send(Self.get)
            try await client.endSending()
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send(Reply.ok("here").text)
            let text = await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("here"))
            #expect(!client.received.value.isReset)
            #expect(gateway.record.last?.status == 200)
        }
    }

    @Test("they get the answers to all that they have asked", arguments: WireTransport.allCases)
    func pipelines(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            let post = "POST /last HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\r\n\r\n"
            try await client.send(Self.get + Self.get + post)
            try await client.endSending()
            let text = await client.receiveAll()
            #expect(text.components(separatedBy: "GET /again HTTP/1.1").count == 3)
            #expect(text.hasSuffix("POST /last HTTP/1.1"))
        }
    }

    @Test("they get all of a long answer that they read slowly", arguments: WireTransport.allCases, [true, false])
    func readsSlowly(on transport: WireTransport, endsBefore: Bool) async throws {
        let body = String(repeating: "0123456789abcdef", count: 1 << 18)
        let backend = try await RawServer.start { $0.hasSuffix("\r\n\r\n") ? .ok(body) : nil }
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect(receiveBuffer: 4096)
            try await client.send(Self.get)
            if !endsBefore { await client.received.wait { !$0.text.isEmpty } }
            try await client.setReading(false)
            try await client.endSending()
            try await client.setReading(true)
            let text = await client.receiveAll()
            #expect(text.hasSuffix("\r\n\r\n" + body))
            #expect(!client.received.value.isReset)
        }
    }

    @Test("a refusal reaches them, too", arguments: WireTransport.allCases)
    func isRefused(on transport: WireTransport) async throws {
        try await GatewayFixture.run(transport, to: [1]) { gateway in
            let client = try await gateway.connect()
            try await client.send("GET /refused HTTP/1.1\r\nHost: x\r\n\r\n")
            try await client.endSending()
            #expect(await client.receiveAll().hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        }
    }

    @Test("a request that is cut is none", arguments: WireTransport.allCases)
    func cutsBody(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            let upstream = await backend.connection()
            await upstream.receive(until: "abc")
            try await client.endSending()
            #expect(await client.receiveAll() == "")
            #expect(await upstream.receiveAll().hasSuffix("abc"))
        }
    }

    @Test("who closes altogether is noticed as soon as it is sent something", arguments: WireTransport.allCases)
    func closesAltogether(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let (client, upstream) = try await gateway.begin(through: backend)
            await client.close()
            // The system of the client resets the connection when the first piece comes.
            try await upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            await upstream.receiveAll()
            #expect(await gateway.record.wait(for: 1).count == 1)
        }
    }
}
