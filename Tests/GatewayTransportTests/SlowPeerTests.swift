import Testing

@Suite(.timeLimit(.minutes(10)))
struct SlowPeerTests {
    /// More than what the kernel keeps for a peer that does not read.
    private static let body = (0..<300_000).map { "\($0)" }.joined(separator: ",")

    @Test(
        "a client that reads late gets a large answer whole, and the next one after it", arguments: WireTransport.allCases)
    func readsLate(on transport: WireTransport) async throws {
        let backend = try await RawServer.start { request in
            guard request.hasSuffix("\r\n\r\n") else { return nil }
            return .ok(request.hasPrefix("GET /large") ? Self.body : "small")
        }
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.setReading(false)
            try await client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
            await backend.connection().received.wait { $0.text.contains("\r\n\r\n") }
            try await client.setReading(true)
            let text = await client.receive(until: "\r\n\r\nsmall")
            let large =
                "HTTP/1.1 200 OK\r\n\(Reply.date)Content-Length: \(Self.body.utf8.count)\r\nactivityid: 1\r\n\r\n\(Self.body)"
            #expect(text == large + "HTTP/1.1 200 OK\r\n\(Reply.date)Content-Length: 5\r\nactivityid: 1\r\n\r\nsmall")
        }
    }

    @Test("an upstream gets a large request whole", arguments: WireTransport.allCases)
    func uploads(on transport: WireTransport) async throws {
        let backend = try await RawServer.start { $0.hasSuffix("end") ? .ok("done") : nil }
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            let body = Self.body + "end"
            let answer = try await client.exchange(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", until: "done")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(backend.requests.first?.hasSuffix("\r\n\r\n" + body) == true)
        }
    }
}
