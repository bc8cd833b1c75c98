import Testing

@testable import GatewayTransport

/// What a client of HTTP/2 sends after its preface and settings, and what it costs.
struct FrameRule: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var frames: [RawFrame]
    var code: FaultCode

    init(_ name: String, _ frames: RawFrame..., code: FaultCode = .protocolError) {
        testDescription = name
        self.frames = frames
        self.code = code
    }

    init(_ name: String, _ code: FaultCode, _ frames: RawFrame...) {
        testDescription = name
        self.frames = frames
        self.code = code
    }

    /// Expects that the connection ends with the rule's code, and that the gateway goes on.
    func endsConnection() async throws {
        try await run { client, port in
            #expect(await client.fault() == code.rawValue)
            await client.isClosed.wait { $0 }
            let other = try await FrameConnection.connect(port: port)
            #expect(try await other.isAlive())
            await other.close()
        }
    }

    /// Expects that stream 1 ends with the rule's code, and that the connection goes on.
    func endsStream() async throws {
        try await run { client, _ in
            #expect(await client.frame(.reset, stream: 1)?.number(at: 0) == code.rawValue)
            try await Self.serves(client)
        }
    }

    /// Expects that nothing ends.
    func passes() async throws {
        try await run { client, _ in try await Self.serves(client) }
    }

    private func run(_ expect: @Sendable (FrameConnection, Int) async throws -> Void) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(bytes: frames.flatMap(\.bytes))
            try await expect(client, gateway.port)
        }
    }

    /// Expects that the connection is alive and answers a further request.
    private static func serves(_ client: FrameConnection) async throws {
        #expect(try await client.isAlive())
        try await client.send(.request(99, RawFrame.refused))
        await client.end(of: 99)
        #expect(client.content(of: 99) == Array("no".utf8))
        await client.close()
    }
}

extension RawFrame {
    static func request(_ stream: UInt32, _ fields: [UInt8]) -> RawFrame { request(stream, flags: 5, fields) }
}
