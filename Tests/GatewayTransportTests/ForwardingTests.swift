import Foundation
import Testing

@testable import GatewayTransport

@Suite(.timeLimit(.minutes(1)))
struct ForwardingTests {
    static func echo(_ request: String) -> Reply? {
        request.hasSuffix("\r\n\r\n") ? .ok(String(request.prefix { $0 != "\r\n" })) : nil
    }

    @Test("a request goes to the upstream and its answer comes back")
    func forwards() async throws {
        let backend = try await RawServer.start(answer: Self.echo)
        let gateway = try await GatewayFixture.start(to: [backend.port])
        let client = try await gateway.connect()
        let answer = try await client.exchange("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", until: "HTTP/1.1")
        #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 19\r\nactivityid: 1\r\n\r\nGET /a?b=c HTTP/1.1")
        #expect(backend.requests == ["GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(backend.port)\r\n\r\n"])
        try await gateway.stop()
        await backend.stop()
    }

    @Test("a thousand requests of one connection use one upstream connection")
    func keepsConnections() async throws {
        let backend = try await RawServer.start(answer: Self.echo)
        let gateway = try await GatewayFixture.start(to: [backend.port])
        let client = try await gateway.connect()
        for number in 0..<1000 {
            let answer = try await client.exchange(
                "GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n", until: "GET /\(number) HTTP/1.1")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
        #expect(backend.accepted == 1)
        #expect(gateway.record.count == 1000)
        try await gateway.stop()
        await backend.stop()
    }

    @Test("pipelined requests are answered in order")
    func answersInOrder() async throws {
        let backend = try await RawServer.start(answer: Self.echo)
        let gateway = try await GatewayFixture.start(to: [backend.port])
        let client = try await gateway.connect()
        let requests = (0..<20).map { "GET /\($0 % 3 == 0 ? "refused" : "r\($0)") HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        let answers = try await client.exchange(requests, until: "GET /r19 HTTP/1.1")
        let bodies = answers.components(separatedBy: "\r\n\r\n").dropFirst().map { $0.components(separatedBy: "HTTP/1.1 ")[0] }
        #expect(bodies.count == 20)
        for (number, body) in bodies.enumerated() {
            #expect(number % 3 == 0 ? body == "no" : body.hasPrefix("GET /r\(number)"))
        }
        try await gateway.stop()
        await backend.stop()
    }
}
