import ContractRouter
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("The management server", .timeLimit(.minutes(10)))
struct ServerTests {
    /// Ends when the producer of the endless answer has been stopped.
    private let stopped = AsyncStream.makeStream(of: Void.self)

    /// Runs a server on a free port while `body` talks to it.
    private func withServer(
        _ change: (inout ManagementServer.Configuration) -> Void = { _ in },
        _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        var configuration = ManagementServer.Configuration(host: "127.0.0.1", httpsPort: nil, httpPort: 0)
        change(&configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let stopped = stopped.continuation
        let client = try Fixture.client { handlers in
            handlers.route("POST", "/echo") { request in
                guard case .bytes(let bytes, _) = request.body else { return .noContent }
                return .bytes(bytes, contentType: "text/plain")
            }
            handlers.route("GET", "/count") { _ in
                APIResponse(
                    body: .stream(
                        BodyStream { writer in for number in 0..<3 { try await writer.write(Array("\(number)\n".utf8)) } },
                        contentType: "text/plain"))
            }
            handlers.route("GET", "/endless") { _ in
                APIResponse(
                    body: .stream(
                        BodyStream { writer in
                            defer { stopped.finish() }
                            try await writer.write(Array("begun".utf8))
                            try await Task.sleep(for: .seconds(3600))
                        }, contentType: "text/plain"))
            }
        }
        let server = ManagementServer(configuration: configuration, engine: client.engine, logger: Logger(label: "test")) {
            continuation.yield($0.port)
        }
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: Logger(label: "test")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await body(port)
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Sends raw bytes and reads until the server closes.
    private static func talk(_ port: Int, _ text: String) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }

    @Test("a request over a socket is answered, with request id and length")
    func answers() async throws {
        try await withServer { port in
            let answer = try await Self.talk(
                port,
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nactivityid: abc-1\r\nConnection: close\r\n\r\nhey"
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.lowercased().contains("content-length: 3\r\n"))
            #expect(answer.contains("activityid: abc-1\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nhey"))
        }
    }

    @Test("a body that announces too much is refused before it is read")
    func announced() async throws {
        try await withServer { port in
            let answer = try await Self.talk(
                port,
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n"
            )
            #expect(answer.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("giant headers and garbage get a 400 and lose the connection", arguments: ["giant", "garbage", "both"])
    func hostile(kind: String) async throws {
        try await withServer { port in
            let text =
                switch kind {
                case "giant": "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 200_000))\r\n\r\n"
                case "garbage": "\u{1}\u{2} what\r\n\r\n"
                default: "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
                }
            // A reset instead of an answer is as good: the connection is gone either way.
            let answer = (try? await Self.talk(port, text)) ?? ""
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"))
        }
    }

    @Test("a client that sends nothing loses its connection")
    func silent() async throws {
        try await withServer({ $0.headSeconds = 1 }) { port in
            do {
                let answer = try await Self.talk(port, "GET / HTTP/1.1\r\nHost: a\r\n")
                #expect(answer.isEmpty)
            } catch let error as IOError {
                // Bytes that the server had not read when it closed turn the end of the connection into a reset.
                #expect(error.errnoCode == ECONNRESET)
            }
        }
    }

    @Test("TLS is served, and a replaced certificate counts for the next connection")
    func certificate() async throws {
        let first = try TestCertificate(name: "first")
        let second = try TestCertificate(name: "second")
        let source = try CertificateSource(chainPEM: first.chainPEM, keyPEM: first.keyPEM)
        let change = { (configuration: inout ManagementServer.Configuration) in
            configuration.httpPort = nil
            configuration.httpsPort = 0
            configuration.certificate = source
        }
        try await withServer(change) { port in
            #expect(try await first.isPresented(on: port))
            #expect(try await !second.isPresented(on: port))
            #expect(throws: (any Error).self) { try source.replace(chainPEM: "nonsense", keyPEM: "") }
            #expect(try await first.isPresented(on: port))
            try source.replace(chainPEM: second.chainPEM, keyPEM: second.keyPEM)
            #expect(try await second.isPresented(on: port))
        }
    }

    @Test("a port in use is one clear sentence")
    func portInUse() async throws {
        try await withServer { port in
            let configuration = ManagementServer.Configuration(host: "127.0.0.1", httpsPort: nil, httpPort: port)
            let second = ManagementServer(
                configuration: configuration, engine: try Fixture.client { _ in }.engine, logger: Logger(label: "test"))
            let failure = await #expect(throws: ManagementServer.BindFailure.self) { try await second.run() }
            #expect(failure?.description.contains("\(port) is in use") == true)
        }
    }

    @Test("a streamed answer is sent in chunks, and ends")
    func streams() async throws {
        try await withServer { port in
            let answer = try await Self.talk(port, "GET /count HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200"))
            #expect(answer.lowercased().contains("transfer-encoding: chunked"))
            #expect(answer.hasSuffix("2\r\n2\n\r\n0\r\n\r\n"))
        }
    }

    @Test("a streamed answer is stopped when the client goes away")
    func stopsStreams() async throws {
        let stops = stopped.stream
        try await withServer { port in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            try await channel.close()
            for await _ in stops {}
        }
    }
}
