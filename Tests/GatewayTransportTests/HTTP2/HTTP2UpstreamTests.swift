import GatewayCore
import GatewayTransport
import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

/// Upstreams that speak HTTP/2.
@Suite(.timeLimit(.minutes(10)))
struct HTTP2UpstreamTests {
    private func upstream(_ server: HTTP2Server, isTLS: Bool = false) -> Upstream {
        GatewayFixture.upstream(host: isTLS ? "localhost" : "127.0.0.1", port: server.port, isTLS: isTLS, isHTTP2: true)
    }

    @Test("a request of HTTP/1.1 goes to an upstream of HTTP/2 and is answered", arguments: [false, true])
    func forwards(isTLS: Bool) async throws {
        let server = try await HTTP2Server.start(isTLS: isTLS)
        let trust = try TestIdentity.certificates()
        try await GatewayFixture.run(
            .nio, upstreams: [upstream(server, isTLS: isTLS)], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Note: One\r\nContent-Length: 5\r\n\r\nhello")
            let stream = await server.stream()
            let request = await stream.end()
            let host = "\(isTLS ? "localhost" : "127.0.0.1"):\(server.port)"
            #expect(
                request.heads == [
                    [
                        ":method": "POST", ":scheme": isTLS ? "https" : "http", ":authority": host, ":path": "/a?b=c",
                        "x-note": "One", "content-length": "5",
                    ]
                ])
            #expect(request.text == "hello")
            try await stream.send(HTTP2Server.ok)
            try await stream.send("abc", ends: true)
            let answer = await client.receive(until: "0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
        }
        await server.stop()
    }

    @Test("requests at the same time share a connection, up to what the upstream takes")
    func multiplexes() async throws {
        let server = try await HTTP2Server.start(streamLimit: 4)
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            // Until the upstream has said how many it takes, there may be a hundred.
            let first = try await client.begin("GET", "/first", ends: true)
            try await server.stream(0).send([":status": "204"], ends: true)
            await first.end()
            var requests: [HTTP2Stream] = []
            for number in 0..<6 { requests.append(try await client.begin("GET", "/\(number)", ends: true)) }
            for number in 1...6 {
                let stream = await server.stream(number)
                let path = await stream.end().heads[0].first(name: ":path") ?? ""
                try await stream.send(HTTP2Server.ok)
                try await stream.send(path, ends: true)
            }
            for (number, request) in requests.enumerated() { #expect(await request.end().text == "/\(number)") }
            #expect(server.accepted <= 2)
            await client.close()
        }
        await server.stop()
    }

    @Test("trailers pass both ways from HTTP/2 to HTTP/2, also while both sides still send")
    func passesTrailers() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let request = try await client.begin(
                "POST", "/", ["content-type": "application/grpc", "te": "trailers"], ends: false)
            let stream = await server.stream()
            #expect(await stream.heads().heads[0].first(name: "te") == "trailers")
            for turn in ["one", "two", "three"] {
                try await request.send(turn)
                #expect(await stream.body(turn).text.hasSuffix(turn))
                if turn == "one" { try await stream.send(HTTP2Server.ok) }
                try await stream.send(turn + "!")
                #expect(await request.body(turn + "!").text.hasSuffix(turn + "!"))
            }
            try await request.send(["x-client": "1"], ends: true)
            #expect(await stream.end().trailers == ["x-client": "1"])
            try await stream.send(["grpc-status": "0", "grpc-message": "fine"], ends: true)
            let answer = await request.end()
            #expect(answer.trailers == ["grpc-status": "0", "grpc-message": "fine"])
            #expect(answer.reset == nil)
            await client.close()
        }
        await server.stop()
    }

    @Test("an answer that is only a head, as refusals of gRPC are, stays one")
    func passesTrailersOnly() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let request = try await client.begin("POST", "/", ["content-type": "application/grpc"], ends: true)
            let stream = await server.stream()
            await stream.heads()
            try await stream.send([":status": "200", "grpc-status": "5"], ends: true)
            let answer = await request.end()
            #expect(answer.heads.count == 1 && answer.heads[0].first(name: "grpc-status") == "5")
            await client.close()
        }
        await server.stop()
    }

    @Test("an upstream that resets a stream before it answers is 101501, or tried again where that is harmless")
    func resets() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
            await server.stream(0).end()
            try await server.stream(0).reset()
            #expect(await client.receive(until: "101501").hasPrefix("HTTP/1.1 500 "))
        }
        await server.stop()
    }

    @Test("after an upstream has taken leave, requests go over a new connection")
    func reconnects() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await gateway.connect()
            try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.stream(0).end()
            try await server.leave()
            try await server.stream(0).send([":status": "204"], ends: true)
            #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
            client.received.clear()
            try await client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.stream(1).end()
            try await server.stream(1).send([":status": "204"], ends: true)
            #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
            #expect(server.accepted == 2)
        }
        await server.stop()
    }

    @Test("a refused request goes once more over another connection, whatever its method, and then fails")
    func repeatsRefused() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await gateway.connect()
            for (number, isServed) in [(0, true), (2, false)] {
                try await client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                await server.stream(number).end()
                try await server.stream(number).reset(.refusedStream)
                let again = await server.stream(number + 1).end()
                #expect(again.heads[0].first(name: ":method") == "POST" && again.heads[0].first(name: ":path") == "/a")
                if isServed {
                    try await server.stream(number + 1).send([":status": "204"], ends: true)
                    #expect(await client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
                    client.received.clear()
                } else {
                    try await server.stream(number + 1).reset(.refusedStream)
                    #expect(await client.receive(until: "101505").hasPrefix("HTTP/1.1 500 "))
                }
            }
            #expect(server.accepted == 3)
        }
        await server.stop()
    }

    @Test("a request that came after the last one that the upstream has looked at goes over another connection")
    func repeatsAfterLeave() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let first = try await client.begin("POST", "/first", ends: true)
            await server.stream(0).end()
            let second = try await client.begin("POST", "/second", ends: true)
            await server.stream(1).end()
            try await server.leave(lastStreamID: 1)
            #expect(await server.stream(2).end().heads[0].first(name: ":path") == "/second")
            try await server.stream(2).send([":status": "204"], ends: true)
            #expect(await second.end().status == "204")
            // The first one is served to its end.
            try await server.stream(0).send([":status": "200", "content-length": "0"], ends: true)
            #expect(await first.end().status == "200")
            await client.close()
            #expect(server.accepted == 2)
        }
        await server.stop()
    }

    @Test("a refused request whose body has gone by is not sent again")
    func keepsSentBodies() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await gateway.connect()
            try await client.send("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
            await server.stream(0).end()
            try await server.stream(0).reset(.refusedStream)
            #expect(await client.receive(until: "101505").hasPrefix("HTTP/1.1 500 "))
            #expect(server.accepted == 1)
        }
        await server.stop()
    }

    @Test(
        "an upstream whose bytes are no HTTP/2, or no answer, is 101506",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
            // Settings, and a head without status.
            "\0\0\0\u{4}\0\0\0\0\0" + "\0\0\u{5}\u{1}\u{5}\0\0\0\u{1}" + "\0\u{1}a\u{1}b",
            // Settings of five bytes.
            "\0\0\u{5}\u{4}\0\0\0\0\0hello",
        ])
    func isViolated(_ text: String) async throws {
        let server = try await RawServer.start { _ in Reply(text: text) }
        let wrong = GatewayFixture.upstream(port: server.port, isHTTP2: true)
        try await GatewayFixture.run(.nio, upstreams: [wrong]) { gateway in
            let client = try await gateway.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
            #expect(await client.receive(until: "101506").hasPrefix("HTTP/1.1 500 "))
        }
        await server.stop()
    }

    @Test("an upstream that speaks no HTTP/2 is 101506, and one that is not there 101503")
    func fails() async throws {
        let older = try await RawServer.start(isTLS: true, answer: Reply.echo)
        let trust = try TestIdentity.certificates()
        let wrong = GatewayFixture.upstream(host: "localhost", port: older.port, isTLS: true, isHTTP2: true)
        try await GatewayFixture.run(
            .nio, upstreams: [wrong], configure: { $0.upstreams.additionalTrust = trust }
        ) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", until: "101506")
            #expect(answer.hasPrefix("HTTP/1.1 500 "))
        }
        await older.stop()
        let gone = GatewayFixture.upstream(port: older.port, isHTTP2: true)
        try await GatewayFixture.run(.nio, upstreams: [gone]) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", until: "101503")
            #expect(answer.hasPrefix("HTTP/1.1 500 "))
        }
    }

    @Test("a client that goes has its stream reset, and the connection goes on serving")
    func givesUp() async throws {
        let server = try await HTTP2Server.start()
        try await GatewayFixture.run(.nio, upstreams: [upstream(server)]) { gateway in
            let client = try await gateway.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.stream(0).end()
            try await client.reset()
            #expect(await server.stream(0).received.wait { $0.isClosed }.reset == .cancel)
            let other = try await gateway.connect()
            try await other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.stream(1).end()
            try await server.stream(1).send([":status": "204"], ends: true)
            #expect(await other.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
            #expect(server.accepted == 1)
        }
        await server.stop()
    }
}
