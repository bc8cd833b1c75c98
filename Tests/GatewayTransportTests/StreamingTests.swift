import Testing

/// Message bodies and what surrounds them, in both directions.
@Suite(.timeLimit(.minutes(10)))
struct StreamingTests {
    @Test(
        "answers without a body end with their head", arguments: WireTransport.allCases,
        [
            ("HEAD", "200 OK\r\nContent-Length: 5", "200 OK\r\nContent-Length: 5"),
            ("HEAD", "200 OK\r\nTransfer-Encoding: chunked", "200 OK"), ("GET", "204 No Content", "204 No Content"),
            ("GET", "304 Not Modified\r\nContent-Length: 5", "304 Not Modified\r\nContent-Length: 5"),
        ])
    func endsWithoutBody(
        on transport: WireTransport, message: (method: String, answer: String, passed: String)
    ) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("\(message.method) / HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 \(message.answer)\r\n\(Reply.date)\r\n")
            let text = await client.receive(until: "\r\n\r\n")
            let fields = message.passed.split(separator: "\r\n", maxSplits: 1)
            let others = fields.count > 1 ? "\(fields[1])\r\n" : ""
            #expect(text == "HTTP/1.1 \(fields[0])\r\n\(Reply.date)\(others)activityid: 1\r\n\r\n")
            // Both connections are ready for the next exchange.
            upstream.received.clear()
            try await UpstreamFaultTests.serves(client, by: backend, on: 0)
            #expect(backend.accepted == 1)
        }
    }

    @Test("chunks and trailers pass both ways", arguments: WireTransport.allCases)
    func passesChunks(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "Transfer-Encoding: chunked\r\n\r\n")
            upstream.received.clear()
            var sent = ""
            for chunk in ["5\r\nhello\r\n", "1;x=y\r\n!\r\n", "0\r\nSum: 6\r\n\r\n"] {
                try await client.send(chunk)
                sent += chunk
                #expect(await upstream.receive(until: sent) == sent)
            }
            try await upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            await client.receive(until: "\r\n\r\n")
            client.received.clear()
            sent = ""
            for chunk in ["a\r\n0123456789\r\n", "0\r\nDigest: abc\r\n\r\n"] {
                try await upstream.send(chunk)
                sent += chunk
                #expect(await client.receive(until: sent) == sent)
            }
            #expect(await gateway.record.wait(for: 1) == [.init(status: 200, errorCode: 0)])
        }
    }

    @Test("the invitation to send a body comes from the upstream", arguments: WireTransport.allCases)
    func passesContinue(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let upstream = await backend.connection()
            #expect(await upstream.receive(until: "\r\n\r\n").contains("Expect: 100-continue\r\n"))
            try await upstream.send("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(await client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("hello")
            await upstream.receive(until: "hello")
            try await upstream.send(
                "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")
            #expect(
                await client.receive(until: "ok").contains(
                    "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 201 Created\r\n"))
            #expect(await gateway.record.wait(for: 1) == [.init(status: 201, errorCode: 0)])
        }
    }

    @Test("an expectation that the upstream declines is answered without a body", arguments: WireTransport.allCases)
    func passesDeclined(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
            let text = await client.receiveAll()
            #expect(text.hasPrefix("HTTP/1.1 417 Expectation Failed\r\n"))
            #expect(text.contains("Connection: close\r\n"))
        }
    }

    @Test("a client of HTTP/1.0 gets what it understands", arguments: WireTransport.allCases)
    func servesOldClients(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let kept = try await gateway.connect()
            for _ in 0..<2 {
                kept.received.clear()
                try await kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let upstream = await backend.connection()
                await upstream.receive(until: "\r\n\r\n")
                upstream.received.clear()
                try await upstream.send(Reply.ok("abc").text)
                #expect(await kept.receive(until: "abc").contains("Connection: keep-alive\r\n"))
            }
            try await kept.send("GET / HTTP/1.0\r\n\r\n")
            let upstream = await backend.connection()
            await upstream.receive(until: "\r\n\r\n")
            kept.received.clear()
            let head = "HTTP/1.1 200 OK\r\n\(Reply.date)"
            try await upstream.send(head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")
            #expect(await kept.receiveAll() == head + "Connection: close\r\nactivityid: 1\r\n\r\nabcdef")
        }
    }

    @Test("pipelined requests with bodies of both kinds keep their bounds", arguments: WireTransport.allCases)
    func pipelinesBodies(on transport: WireTransport) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            try await client.send(
                "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                    + "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = await backend.connection()
            for (number, end) in [(1, "\r\n\r\nabc"), (2, "\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), (3, "\r\n\r\n")] {
                let text = await upstream.receive(until: end)
                #expect(text.contains("/\(number) HTTP/1.1\r\n"))
                upstream.received.clear()
                try await upstream.send(Reply.ok("answer \(number)").text)
                await client.received.wait { $0.text.contains("answer \(number)") || $0.isClosed }
            }
            #expect(client.received.text.contains("HTTP/1.1 403 Forbidden\r\n"))
            #expect(backend.accepted == 1)
        }
    }
}
