import Testing

@testable import GatewayTransport

/// What clients of HTTP/2 do wrong (RFC 9113), and what it costs them: the connection, or a stream.
@Suite(.timeLimit(.minutes(10)))
struct FrameFaultTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var frames: [RawFrame]
        var code: FaultCode

        init(_ name: String, _ frames: RawFrame..., code: FaultCode = .protocolError) {
            testDescription = name
            self.frames = frames
            self.code = code
        }
    }

    static let ofConnections: [Mistake] = [
        Mistake("data of no stream", RawFrame(.data, [1])),
        Mistake("data of a stream that was not begun", RawFrame(.data, stream: 1, [1])),
        Mistake("a head of no stream", .request(0)),
        Mistake("a stream with an even number", .request(2)),
        Mistake("a ping of seven bytes", RawFrame(.ping, [1, 2, 3, 4, 5, 6, 7]), code: .frameSize),
        Mistake("a ping of a stream", RawFrame(.ping, stream: 1, RawFrame.big(UInt64(1)))),
        Mistake("settings of a stream", RawFrame(.settings, stream: 1)),
        Mistake("settings of five bytes", RawFrame(.settings, [0, 1, 0, 0, 0]), code: .frameSize),
        Mistake("an answer to settings with settings", RawFrame(.settings, flags: 1, [0, 1, 0, 0, 0, 0]), code: .frameSize),
        Mistake("push that is neither on nor off", .setting(2, 2)),
        Mistake("a window that is too large", .setting(4, 0x8000_0000), code: .flowControl),
        Mistake("frames that are too small", .setting(5, 16_383)),
        Mistake("a window that grows by nothing", .window(0, 0)),
        Mistake("a window that grows too large", .window(0, 0x7FFF_FFFF), code: .flowControl),
        Mistake("a window update of three bytes", RawFrame(.windowUpdate, [0, 0, 1]), code: .frameSize),
        Mistake("a window of a stream that was not begun", .window(1, 1)),
        Mistake("a reset of a stream that was not begun", RawFrame(.reset, stream: 1, [0, 0, 0, 8])),
        Mistake("a reset of three bytes", .request(), RawFrame(.reset, stream: 1, [0, 0, 8]), code: .frameSize),
        Mistake("a priority of no stream", RawFrame(.priority, [0, 0, 0, 0, 1])),
        Mistake("a promise", RawFrame(.pushPromise, flags: 4, stream: 1, [0, 0, 0, 2])),
        Mistake("a goodbye of a stream", RawFrame(.goAway, stream: 1, RawFrame.big(UInt64(0)))),
        Mistake("a continuation of nothing", RawFrame(.continuation, flags: 4, stream: 1, RawFrame.head)),
        Mistake("a head that is interrupted", .request(flags: 1), RawFrame(.ping, RawFrame.big(UInt64(1)))),
        Mistake("a head continued on another stream", .request(flags: 1), RawFrame(.continuation, flags: 4, stream: 3)),
        Mistake("a head in very many pieces", .request(flags: 1), pieces: 8, code: .enhanceYourCalm),
        Mistake(
            "a payload that is too long", RawFrame(.data, stream: 1, [UInt8](repeating: 0, count: 16_385)), code: .frameSize),
        Mistake("a field that is in no table", .request(1, [0xFF, 0x80, 0x01]), code: .compression),
        Mistake("a field without name", .request(1, RawFrame.head + RawFrame.field("", "x")), code: .compression),
        Mistake("more padding than payload", .request(1, flags: 13, [99] + RawFrame.head)),
        Mistake("padding without its length", .request(1, flags: 13, [])),
    ]

    static let ofStreams: [Mistake] = [
        Mistake("no path", .request(1, [0x82, 0x86])),
        Mistake("no scheme", .request(1, [0x82, 0x84])),
        Mistake("two methods", .request(1, [0x82, 0x83, 0x86, 0x84])),
        Mistake("a pseudo-header field that is not known", .request(1, RawFrame.head + RawFrame.field(":way", "x"))),
        Mistake("a pseudo-header field of answers", .request(1, [0x88] + RawFrame.head)),
        Mistake("a pseudo-header field at the end", .request(1, [0x82, 0x86] + RawFrame.field("a", "b") + [0x84])),
        Mistake("a name in capitals", .request(1, RawFrame.head + RawFrame.field("Note", "x"))),
        Mistake("a name with a line end", .request(1, RawFrame.head + RawFrame.field("a\r\nb", "x"))),
        Mistake("a value with a line end", .request(1, RawFrame.head + RawFrame.field("a", "x\r\nhost: y"))),
        Mistake("a value with a line end further on", .request(1, RawFrame.head + RawFrame.field("a", "0123456789\nx"))),
        Mistake("a path with a space and more", .request(1, [0x82, 0x86] + RawFrame.field(":path", "/ HTTP/1.1\r\na: b"))),
        Mistake("a field of the connection", .request(1, RawFrame.head + RawFrame.field("connection", "close"))),
        Mistake("a transfer coding", .request(1, RawFrame.head + RawFrame.field("transfer-encoding", "chunked"))),
        Mistake("TE that is not trailers", .request(1, RawFrame.head + RawFrame.field("te", "gzip"))),
        Mistake("a length without a body", .request(1, RawFrame.head + RawFrame.field("content-length", "3"))),
        Mistake("a length that is no number", .request(1, RawFrame.head + RawFrame.field("content-length", "+0"))),
        Mistake("two lengths", .request(1, RawFrame.head + length + length)),
        Mistake("less than the length", .request(1, flags: 4, RawFrame.head + length), data([1, 2], ends: true)),
        Mistake("more than the length", .request(1, flags: 4, RawFrame.head + length), data([1, 2, 3, 4], ends: false)),
        Mistake("a second head", .request(1, flags: 4), .request(1, flags: 4)),
        Mistake("trailers with a pseudo-header field", .request(1, flags: 4), .request(1)),
        Mistake("a window of a stream that grows by nothing", .request(1, flags: 4), .window(1, 0)),
        Mistake(
            "a window of a stream that grows too large", .request(1, flags: 4), .window(1, 0x7FFF_FFFF), code: .flowControl),
        Mistake("data after the end", .request(1), data([1], ends: true), code: .streamClosed),
        Mistake(
            "a priority of four bytes", .request(1, flags: 4), RawFrame(.priority, stream: 1, [0, 0, 0, 1]), code: .frameSize),
    ]

    private static let length = RawFrame.field("content-length", "3")

    private static func data(_ bytes: [UInt8], ends: Bool) -> RawFrame {
        RawFrame(.data, flags: ends ? 1 : 0, stream: 1, bytes)
    }

    @Test("a mistake that concerns the connection ends it", arguments: ofConnections)
    func endsConnection(_ mistake: Mistake) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(bytes: mistake.frames.flatMap(\.bytes))
            #expect(await client.fault() == mistake.code.rawValue)
            await client.isClosed.wait { $0 }
            let other = try await FrameConnection.connect(port: gateway.port)
            #expect(try await other.isAlive())
            await other.close()
        }
    }

    @Test("a mistake that concerns a stream ends that, and the others go on", arguments: ofStreams)
    func endsStream(_ mistake: Mistake) async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(bytes: mistake.frames.flatMap(\.bytes))
            #expect(await client.frame(.reset, stream: 1)?.number(at: 0) == mistake.code.rawValue)
            #expect(try await client.isAlive())
            try await client.send(.request(3, RawFrame.refused))
            await client.end(of: 3)
            #expect(client.content(of: 3) == Array("no".utf8))
            await client.close()
        }
    }

    @Test("settings have to be the first frame")
    func wantsSettings() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port, settings: .window(0, 1))
            #expect(await client.fault() == FaultCode.protocolError.rawValue)
            await client.isClosed.wait { $0 }
        }
    }

    @Test("empty frames, streams beyond the limit and frames of ended streams are borne for a while only")
    func stopsFloods() async throws {
        let backend = try await RawServer.start()
        let configure: @Sendable (inout GatewaySettings) -> Void = {
            $0.http2.resets = 20
            $0.http2.streams = 1
        }
        try await GatewayFixture.run(.nio, to: backend, configure: configure) { gateway in
            let empty = [RawFrame](repeating: RawFrame(.data, stream: 1), count: 40)
            let extra = (1..<60).map { RawFrame.request(UInt32($0 * 2 + 1)) }
            let late = [RawFrame](repeating: RawFrame(.data, flags: 1, stream: 1, [1]), count: 40)
            let reset = RawFrame(.reset, stream: 1, [0, 0, 0, 8])
            for frames in [[.request(1, flags: 4)] + empty, [.request(1)] + extra, [.request(1), reset] + late] {
                let client = try await FrameConnection.connect(port: gateway.port)
                #expect(await client.frame(.settings) != nil)
                try await client.send(RawFrame(.settings, flags: 1))
                try await client.send(bytes: frames.flatMap(\.bytes))
                #expect(await client.fault() == FaultCode.enhanceYourCalm.rawValue)
                await client.isClosed.wait { $0 }
            }
        }
    }

    @Test("more content than the window allows ends the stream")
    func limitsContent() async throws {
        let backend = try await RawServer.start()
        let configure: @Sendable (inout GatewaySettings) -> Void = { $0.http2.streamWindow = 10_000 }
        try await GatewayFixture.run(.nio, to: backend, configure: configure) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            #expect(await client.frame(.settings) != nil)
            try await client.send(
                RawFrame(.settings, flags: 1), .request(1, flags: 4),
                RawFrame(.data, stream: 1, [UInt8](repeating: 1, count: 10_001)))
            #expect(await client.frame(.reset, stream: 1)?.number(at: 0) == FaultCode.flowControl.rawValue)
            #expect(try await client.isAlive())
            await client.close()
        }
    }
}

extension FrameFaultTests.Mistake {
    /// A head with so many further pieces.
    init(_ name: String, _ first: RawFrame, pieces: Int, code: FaultCode) {
        self.init(name, first, code: code)
        frames += [RawFrame](repeating: RawFrame(.continuation, stream: 1, [0x82]), count: pieces)
    }
}

extension RawFrame {
    fileprivate static func request(_ stream: UInt32, _ fields: [UInt8]) -> RawFrame { request(stream, flags: 5, fields) }
}
