import GatewayTransport
import Testing

/// Bodies that are larger than what anyone may keep in memory.
@Suite(.timeLimit(.minutes(10)))
struct LargeBodyTests {
    private static let size = 24 << 20
    /// What the system's buffers between the two ends can hold, with room to spare; far less than ``endless``.
    private static let systemBuffers = 48 << 20
    private static let endless = 256 << 20

    @Test("a long request body arrives whole", arguments: WireTransport.allCases)
    func uploads(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(checksBody: true)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.size)\r\n\r\n")
            let upstream = await backend.connection()
            async let sending: Void = client.sendPattern(bytes: Self.size)
            let received = await upstream.received.wait { $0.bodyBytes >= Self.size || $0.isClosed }
            try await sending
            #expect(received.bodyBytes == Self.size)
            #expect(received.isBodyRight)
            try await upstream.send(Reply.ok("done").text)
            #expect(await client.receive(until: "done").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test(
        "a long answer arrives whole, also when it ends with its connection or the client's", arguments: WireTransport.allCases,
        ["Content-Length: \(size)\r\n", "Content-Length: \(size)\r\nConnection: close\r\n", ""])
    func downloads(on transport: WireTransport, fields: String) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect(checksBody: true)
            let close = fields.isEmpty ? "" : "Connection: close\r\n"
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\(close)\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 200 OK\r\n\(fields)\r\n")
            try await upstream.sendPattern(bytes: Self.size)
            if fields.isEmpty { await upstream.close() }
            let received = await client.received.wait { $0.isClosed }
            #expect(received.bodyBytes == Self.size)
            #expect(received.isBodyRight)
            #expect(!received.isReset)
        }
    }

    @Test("a client that pauses holds the upstream up, and gets the rest afterwards", arguments: WireTransport.allCases)
    func pausesDownload(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(sendBuffer: 64 << 10)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect(checksBody: true, receiveBuffer: 64 << 10)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await client.setReading(false)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\n\r\n")
            let sent = Observed(0)
            async let sending: Void = upstream.sendPattern(bytes: Self.size, sent: sent)
            await sent.wait { $0 > 1 << 20 }
            try await client.setReading(true)
            let received = await client.received.wait { $0.isClosed }
            try await sending
            #expect(received.bodyBytes == Self.size)
            #expect(received.isBodyRight)
        }
    }

    @Test("a client that takes nothing is cut off before its answer fills the memory", arguments: WireTransport.allCases)
    func boundsDownload(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(sendBuffer: 64 << 10)
        try await GatewayFixture.run(transport, to: backend, configure: { $0.timeouts.body = 1000 }) { gateway in
            let client = try await gateway.connect(receiveBuffer: 64 << 10)
            try await client.setReading(false)
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.endless)\r\n\r\n")
            let sent = Observed(0)
            await #expect(throws: (any Error).self) { try await upstream.sendPattern(bytes: Self.endless, sent: sent) }
            #expect(sent.value < Self.systemBuffers)
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 101_000)])
            await client.close()
        }
    }

    @Test(
        "an upstream that takes nothing of a body is a 101504 before the body fills the memory",
        arguments: WireTransport.allCases)
    func boundsUpload(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(sendBuffer: 64 << 10)
        try await GatewayFixture.run(transport, to: backend, configure: { $0.timeouts.body = 40_000 }) { gateway in
            let client = try await gateway.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.endless)\r\n\r\n")
            let upstream = await backend.connection()
            try await upstream.setReading(false)
            let sent = Observed(0)
            let sentByThen = Observed(0)
            // What follows the answer is thrown away, which may be a lot.
            gateway.record.whenAccounted.withLock { $0 = { sentByThen.change { $0 = sent.value } } }
            try? await client.sendPattern(bytes: Self.endless, sent: sent)
            #expect((1..<Self.systemBuffers).contains(sentByThen.value))
            #expect(await client.receiveAll().hasSuffix("101504"))
            #expect(gateway.record.last == .init(status: 500, errorCode: 101_504))
        }
    }

    @Test("a client that sends requests and takes no answers is held up", arguments: WireTransport.allCases)
    func boundsPipelining(on transport: WireTransport) async throws {
        try await GatewayFixture.run(transport, to: [1], configure: { $0.timeouts.body = 1000 }) { gateway in
            let client = try await gateway.connect(receiveBuffer: 64 << 10)
            try await client.setReading(false)
            let requests = String(repeating: "GET /refused HTTP/1.1\r\nHost: x\r\n\r\n", count: 2000)
            let sent = Observed(0)
            while sent.value < Self.endless {
                guard (try? await client.send(requests)) != nil else { break }
                sent.change { $0 += requests.utf8.count }
            }
            #expect(sent.value < Self.systemBuffers)
            await client.close()
        }
    }
}
