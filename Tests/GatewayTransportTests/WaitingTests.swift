import Foundation
import GatewayTransport
import Synchronization
import Testing

@testable import GatewayCore

/// Lets every request wait for an errand, or have its body collected, before it goes to one upstream.
private final class WaitingPipeline: RequestPipeline {
    private let upstream: Upstream
    private let timeout: Int64
    private let work: @Sendable () async throws -> String

    init(to upstream: Upstream, timeout: Int64, work: @escaping @Sendable () async throws -> String) {
        self.upstream = upstream
        self.timeout = timeout
        self.work = work
        super.init()
    }

    override func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, _ foresight: ContextForesight,
        nowMilliseconds: Int64
    ) -> Verdict {
        exchange.upstream = upstream
        exchange.suffix = head.target
        if head.bytes(head.path).elementsEqual("/collect".utf8) {
            exchange.collectionLimit = 1_000_000
            return .collect
        }
        exchange.errand = Errand("the oracle", timeoutMilliseconds: timeout, work: work) { (_: Result<String, any Error>) in
            .next
        }
        return .wait
    }

    override func goOn(
        _ head: RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, with result: ErrandResult?,
        nowMilliseconds: Int64
    ) -> Verdict {
        guard case .success(let value)? = result?.result, let text = value as? String else {
            if result == nil { return .forward }
            exchange.answer.status = 504
            exchange.answer.body = Array("late".utf8)
            return .answer
        }
        exchange.addedRequestLines.append(Array("X-Oracle: \(text)\r\n".utf8))
        return .forward
    }
}

@Suite("Requests that wait, over sockets", .timeLimit(.minutes(10)))
struct WaitingTests {
    private func start(
        on transport: WireTransport, to port: Int, timeout: Int64 = 300_000, work: @escaping @Sendable () async throws -> String
    ) async throws -> GatewayServer {
        var settings = GatewaySettings(listeners: [GatewayListener(host: "127.0.0.1", port: 0)])
        settings.loops = 2
        settings.plainTransport = transport
        let upstream = GatewayFixture.upstream(port: port)
        return try await GatewayServer.start(settings) { WaitingPipeline(to: upstream, timeout: timeout, work: work) }
    }

    @Test("a request goes on when its errand has ended, and pipelined ones after it", arguments: WireTransport.allCases)
    func goesOn(on transport: WireTransport) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        let gateway = try await start(on: transport, to: backend.port) {
            await Task.yield()
            return "yes"
        }
        let client = try await RawConnection.connect(port: gateway.ports[0])
        let requests = (0..<50).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        let answers = try await client.exchange(requests, until: "GET /49 HTTP/1.1")
        #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 51)
        #expect(backend.requests.count == 50 && backend.requests.allSatisfy { $0.contains("X-Oracle: yes\r\n") })
        try await gateway.stop(grace: .milliseconds(200))
        await backend.stop()
    }

    @Test("an errand that never ends is given up at its deadline and cancelled", arguments: WireTransport.allCases)
    func expires(on transport: WireTransport) async throws {
        let (cancelled, report) = AsyncStream.makeStream(of: Void.self)
        let gateway = try await start(on: transport, to: 1, timeout: 100) { try await Self.sleepUntilCancelled(report) }
        let client = try await RawConnection.connect(port: gateway.ports[0])
        let answer = try await client.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n", until: "late")
        #expect(answer.hasPrefix("HTTP/1.1 504 "))
        for await _ in cancelled { break }
        try await gateway.stop(grace: .milliseconds(200))
    }

    @Test("the errand is cancelled when the client resets", arguments: WireTransport.allCases)
    func cancels(on transport: WireTransport) async throws {
        let (cancelled, report) = AsyncStream.makeStream(of: Void.self)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let gateway = try await start(on: transport, to: 1) {
            beginning.yield()
            return try await Self.sleepUntilCancelled(report)
        }
        let client = try await RawConnection.connect(port: gateway.ports[0])
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for await _ in begun { break }
        try await client.reset()
        for await _ in cancelled { break }
        try await gateway.stop(grace: .milliseconds(200))
    }

    private static func sleepUntilCancelled(_ report: AsyncStream<Void>.Continuation) async throws -> String {
        do { try await Task.sleep(for: .seconds(600)) } catch { report.yield() }
        throw CancellationError()
    }

    @Test("a gateway that stops does not wait for errands", arguments: WireTransport.allCases)
    func stops(on transport: WireTransport) async throws {
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (cancelled, report) = AsyncStream.makeStream(of: Void.self)
        let gateway = try await start(on: transport, to: 1) {
            beginning.yield()
            return try await Self.sleepUntilCancelled(report)
        }
        let client = try await RawConnection.connect(port: gateway.ports[0])
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for await _ in begun { break }
        try await gateway.stop(grace: .zero)
        for await _ in cancelled { break }
    }

    @Test("a collected body of many pieces arrives whole", arguments: WireTransport.allCases)
    func collects(on transport: WireTransport) async throws {
        let size = 700_000
        let backend = try await RawServer.start { text in
            guard let end = text.range(of: "\r\n\r\n"), text[end.upperBound...].utf8.count == size else { return nil }
            return .ok("got \(text[end.upperBound...].utf8.count) in \(text.hasPrefix("POST /collect") ? "one" : "?")")
        }
        let gateway = try await start(on: transport, to: backend.port) { "" }
        let client = try await RawConnection.connect(port: gateway.ports[0])
        let head = "POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\nExpect: 100-continue\r\n\r\n"
        #expect(try await client.exchange(head, until: "100 Continue\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        let answer = try await client.exchange(String(repeating: "b", count: size), until: "in one")
        #expect(answer.hasSuffix("got \(size) in one"))
        #expect(backend.requests.first?.contains("Content-Length: \(size)\r\n") == true)
        #expect(backend.requests.first?.contains("Expect") == false)
        try await gateway.stop(grace: .milliseconds(200))
        await backend.stop()
    }
}
