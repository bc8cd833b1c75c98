import Foundation
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ForwardingTests {
    @Test("a request goes to the upstream and its answer comes back", arguments: WireTransport.allCases)
    func forwards(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            let answer = try await client.exchange("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", until: "HTTP/1.1")
            #expect(answer == "HTTP/1.1 200 OK\r\n\(Reply.date)Content-Length: 19\r\nactivityid: 1\r\n\r\nGET /a?b=c HTTP/1.1")
            #expect(backend.requests == ["GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(backend.port)\r\n\r\n"])
        }
    }

    @Test("a thousand requests of one connection use one upstream connection", arguments: WireTransport.allCases)
    func keepsConnections(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            for number in 0..<1000 {
                let answer = try await client.exchange(
                    "GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n", until: "GET /\(number) HTTP/1.1")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
            #expect(backend.accepted == 1)
            #expect(gateway.record.count == 1000)
        }
    }

    @Test("pipelined requests are answered in order", arguments: WireTransport.allCases)
    func answersInOrder(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            let requests = (0..<20).map { "GET /\($0 % 3 == 0 ? "refused" : "r\($0)") HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
            let answers = try await client.exchange(requests, until: "GET /r19 HTTP/1.1")
            let bodies = answers.components(separatedBy: "\r\n\r\n").dropFirst()
                .map { $0.components(separatedBy: "HTTP/1.1 ")[0] }
            #expect(bodies.count == 20)
            for (number, body) in bodies.enumerated() {
                #expect(number % 3 == 0 ? body == "no" : body.hasPrefix("GET /r\(number)"))
            }
        }
    }

    @Test("many connections on several loops each get their own answers", arguments: WireTransport.allCases)
    func servesMany(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(transport, to: backend, configure: { $0.loops = 2 }) { gateway in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<48 {
                    group.addTask {
                        let client = try await gateway.connect()
                        var right = 0
                        for turn in 0..<20 {
                            let target = "/\(number)-\(turn)"
                            let answer = try await client.exchange(
                                "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", until: "GET \(target) HTTP/1.1")
                            if answer.hasPrefix("HTTP/1.1 200 OK\r\n") { right += 1 }
                        }
                        await client.close()
                        return right
                    }
                }
                for try await right in group { #expect(right == 20) }
            }
            await gateway.record.wait(for: 48 * 20)
        }
    }

    @Test("a request is the same in whatever pieces it arrives", arguments: WireTransport.allCases, [1, 7, 40])
    func takesPieces(on transport: WireTransport, size: Int) async throws {
        let backend = try await RawServer.start { $0.hasSuffix("hello") ? .ok($0.suffix(5) + "!") : nil }
        try await GatewayFixture.run(transport, to: backend) { gateway in
            let client = try await gateway.connect()
            let request = Array("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".utf8)
            for start in stride(from: 0, to: request.count, by: size) {
                try await client.send(String(decoding: request[start..<min(start + size, request.count)], as: UTF8.self))
            }
            #expect(await client.receive(until: "hello!").hasPrefix("HTTP/1.1 200 OK\r\n"))
            let head = "POST /a HTTP/1.1\r\nHost: 127.0.0.1:\(backend.port)\r\nContent-Length: 5\r\n\r\n"
            #expect(backend.requests == [head + "hello"])
        }
    }

    @Test("a name leads to the upstream as well as an address, of either version", arguments: WireTransport.allCases)
    func resolvesNames(on transport: WireTransport) async throws {
        for (host, bound) in [("localhost", "127.0.0.1"), ("::1", "::1"), ("127.0.0.1", "127.0.0.1")] {
            let backend = try await RawServer.start(host: bound, answer: Reply.echo)
            let upstream = GatewayFixture.upstream(host: host, port: backend.port)
            try await GatewayFixture.run(transport, upstreams: [upstream]) { gateway in
                let client = try await gateway.connect()
                #expect(try await gateway.expectsFit(client), "by \(host)")
            }
            await backend.stop()
        }
    }
}
