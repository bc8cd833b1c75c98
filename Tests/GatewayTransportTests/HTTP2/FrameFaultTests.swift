import Testing

@testable import GatewayTransport

/// What clients of HTTP/2 do wrong (RFC 9113), and what it costs them: the connection, or a stream.
@Suite(.timeLimit(.minutes(10)))
struct FrameFaultTests {
    static let ofConnections: [FrameRule] = [
        FrameRule("data of no stream", RawFrame(.data, [1])),
        FrameRule("data of a stream that was not begun", RawFrame(.data, stream: 1, [1])),
        FrameRule("a head of no stream", .request(0)),
        FrameRule("a stream with an even number", .request(2)),
        FrameRule("a ping of seven bytes", RawFrame(.ping, [1, 2, 3, 4, 5, 6, 7]), code: .frameSize),
        FrameRule("a ping of a stream", RawFrame(.ping, stream: 1, RawFrame.big(UInt64(1)))),
        FrameRule("settings of a stream", RawFrame(.settings, stream: 1)),
        FrameRule("settings of five bytes", RawFrame(.settings, [0, 1, 0, 0, 0]), code: .frameSize),
        FrameRule("an answer to settings with settings", RawFrame(.settings, flags: 1, [0, 1, 0, 0, 0, 0]), code: .frameSize),
        FrameRule("push that is neither on nor off", .setting(2, 2)),
        FrameRule("a window that is too large", .setting(4, 0x8000_0000), code: .flowControl),
        FrameRule("frames that are too small", .setting(5, 16_383)),
        FrameRule("a window that grows by nothing", .window(0, 0)),
        FrameRule("a window that grows too large", .window(0, 0x7FFF_FFFF), code: .flowControl),
        FrameRule("a window update of three bytes", RawFrame(.windowUpdate, [0, 0, 1]), code: .frameSize),
        FrameRule("a window of a stream that was not begun", .window(1, 1)),
        FrameRule("a reset of a stream that was not begun", RawFrame(.reset, stream: 1, [0, 0, 0, 8])),
        FrameRule("a reset of three bytes", .request(), RawFrame(.reset, stream: 1, [0, 0, 8]), code: .frameSize),
        FrameRule("a priority of no stream", RawFrame(.priority, [0, 0, 0, 0, 1])),
        FrameRule("a promise", RawFrame(.pushPromise, flags: 4, stream: 1, [0, 0, 0, 2])),
        FrameRule("a goodbye of a stream", RawFrame(.goAway, stream: 1, RawFrame.big(UInt64(0)))),
        FrameRule("a continuation of nothing", RawFrame(.continuation, flags: 4, stream: 1, RawFrame.head)),
        FrameRule("a head that is interrupted", .request(flags: 1), RawFrame(.ping, RawFrame.big(UInt64(1)))),
        FrameRule("a head continued on another stream", .request(flags: 1), RawFrame(.continuation, flags: 4, stream: 3)),
        FrameRule("a head in very many pieces", .request(flags: 1), pieces: 8, code: .enhanceYourCalm),
        FrameRule(
            "a payload that is too long", RawFrame(.data, stream: 1, [UInt8](repeating: 0, count: 16_385)), code: .frameSize),
        FrameRule("a field that is in no table", .request(1, [0xFF, 0x80, 0x01]), code: .compression),
        FrameRule("a field without name", .request(1, RawFrame.head + RawFrame.field("", "x")), code: .compression),
        FrameRule("more padding than payload", .request(1, flags: 13, [99] + RawFrame.head)),
        FrameRule("padding without its length", .request(1, flags: 13, [])),
    ]

    static let ofStreams: [FrameRule] = [
        FrameRule("no path", .request(1, [0x82, 0x86])),
        FrameRule("no scheme", .request(1, [0x82, 0x84])),
        FrameRule("two methods", .request(1, [0x82, 0x83, 0x86, 0x84])),
        FrameRule("a pseudo-header field that is not known", .request(1, RawFrame.head + RawFrame.field(":way", "x"))),
        FrameRule("a pseudo-header field of answers", .request(1, [0x88] + RawFrame.head)),
        FrameRule("a pseudo-header field at the end", .request(1, [0x82, 0x86] + RawFrame.field("a", "b") + [0x84])),
        FrameRule("a name in capitals", .request(1, RawFrame.head + RawFrame.field("Note", "x"))),
        FrameRule("a name with a line end", .request(1, RawFrame.head + RawFrame.field("a\r\nb", "x"))),
        FrameRule("a value with a line end", .request(1, RawFrame.head + RawFrame.field("a", "x\r\nhost: y"))),
        FrameRule("a value with a line end further on", .request(1, RawFrame.head + RawFrame.field("a", "0123456789\nx"))),
        FrameRule("a path with a space and more", .request(1, [0x82, 0x86] + RawFrame.field(":path", "/ HTTP/1.1\r\na: b"))),
        FrameRule("a field of the connection", .request(1, RawFrame.head + RawFrame.field("connection", "close"))),
        FrameRule("a transfer coding", .request(1, RawFrame.head + RawFrame.field("transfer-encoding", "chunked"))),
        FrameRule("TE that is not trailers", .request(1, RawFrame.head + RawFrame.field("te", "gzip"))),
        FrameRule("a length without a body", .request(1, RawFrame.head + RawFrame.field("content-length", "3"))),
        FrameRule("a length that is no number", .request(1, RawFrame.head + RawFrame.field("content-length", "+0"))),
        FrameRule("two lengths", .request(1, RawFrame.head + length + length)),
        FrameRule("less than the length", .request(1, flags: 4, RawFrame.head + length), data([1, 2], ends: true)),
        FrameRule("more than the length", .request(1, flags: 4, RawFrame.head + length), data([1, 2, 3, 4], ends: false)),
        FrameRule("a second head", .request(1, flags: 4), .request(1, flags: 4)),
        FrameRule("trailers with a pseudo-header field", .request(1, flags: 4), .request(1)),
        FrameRule("a window of a stream that grows by nothing", .request(1, flags: 4), .window(1, 0)),
        FrameRule(
            "a window of a stream that grows too large", .request(1, flags: 4), .window(1, 0x7FFF_FFFF), code: .flowControl),
        FrameRule("data after the end", .request(1), data([1], ends: true), code: .streamClosed),
        FrameRule(
            "a priority of four bytes", .request(1, flags: 4), RawFrame(.priority, stream: 1, [0, 0, 0, 1]), code: .frameSize),
    ]

    private static let length = RawFrame.field("content-length", "3")

    private static func data(_ bytes: [UInt8], ends: Bool) -> RawFrame {
        RawFrame(.data, flags: ends ? 1 : 0, stream: 1, bytes)
    }

    @Test("a mistake that concerns the connection ends it", arguments: ofConnections)
    func endsConnection(_ mistake: FrameRule) async throws { try await mistake.endsConnection() }

    @Test("a mistake that concerns a stream ends that, and the others go on", arguments: ofStreams)
    func endsStream(_ mistake: FrameRule) async throws { try await mistake.endsStream() }

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

extension FrameRule {
    /// A head with so many further pieces.
    init(_ name: String, _ first: RawFrame, pieces: Int, code: FaultCode) {
        self.init(name, first, code: code)
        frames += [RawFrame](repeating: RawFrame(.continuation, stream: 1, [0x82]), count: pieces)
    }
}
