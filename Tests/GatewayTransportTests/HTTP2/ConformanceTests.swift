import Testing

@testable import GatewayTransport

/// RFC 9113 and RFC 7541 section by section, as far as ``FrameFaultTests`` and ``FrameTests`` do not go.
@Suite(.timeLimit(.minutes(10)))
struct ConformanceTests {
    private static let number = RawFrame.big(UInt64(1))

    static let faults: [FrameRule] = [
        FrameRule("4.2 a head longer than a frame may be", .frameSize, .request(fields: 16_400)),
        FrameRule(
            "4.2 settings longer than a frame may be", .frameSize, RawFrame(.settings, [UInt8](repeating: 0, count: 16_386))),
        FrameRule("4.3 a table size at the end of a block", .compression, .request(1, RawFrame.head + [0x20])),
        FrameRule("5.1 content of an even stream below the last", .protocolError, .request(3), RawFrame(.data, stream: 2, [1])),
        FrameRule("5.1 a reset of an even stream below the last", .protocolError, .request(3), .reset(2, 8)),
        FrameRule("5.1 a window of an even stream below the last", .protocolError, .request(3), .window(2, 1)),
        FrameRule(
            "5.1 a continuation of a stream that was not begun", .protocolError, RawFrame(.continuation, flags: 4, stream: 7)),
        FrameRule("5.1.1 a number that was passed over", .protocolError, .request(5), .request(3)),
        FrameRule("5.1.1 an even number below the last", .protocolError, .request(5), .request(4)),
        FrameRule("5.5 an unknown frame amid a head", .protocolError, .request(1, flags: 1), RawFrame(raw: 0x16, stream: 1)),
        FrameRule("6.2 a priority amid a head", .protocolError, .request(1, flags: 1), .priority(1, bytes: 5)),
        FrameRule("6.2 another head amid a head", .protocolError, .request(1, flags: 1), .request(3)),
        FrameRule(
            "6.2 a head with a priority of four bytes", .frameSize, RawFrame(.headers, flags: 0x25, stream: 1, [0, 0, 0, 1])),
        FrameRule("6.3 a priority of four bytes for a stream that was not begun", .frameSize, .priority(1, bytes: 4)),
        FrameRule(
            "6.4 a reset of five bytes", .frameSize, .request(1, flags: 4), RawFrame(.reset, stream: 1, [0, 0, 0, 8, 0])),
        FrameRule("6.4 a reset of no stream", .protocolError, .reset(0, 8)),
        FrameRule("6.5 settings of seven bytes", .frameSize, RawFrame(.settings, [0, 3, 0, 0, 0, 9, 0])),
        FrameRule("6.5.2 frames that are too large", .protocolError, .setting(5, 0x100_0000)),
        FrameRule("6.7 a ping of nine bytes", .frameSize, RawFrame(.ping, number + [0])),
        FrameRule("6.7 an answer of a ping of a stream", .protocolError, RawFrame(.ping, flags: 1, stream: 1, number)),
        FrameRule("6.8 a goodbye of seven bytes", .protocolError, RawFrame(.goAway, [0, 0, 0, 0, 0, 0, 0])),
        FrameRule(
            "6.9 a window update of five bytes", .frameSize, .request(1, flags: 4),
            RawFrame(.windowUpdate, stream: 1, [0, 0, 0, 0, 1])),
        FrameRule(
            "6.9.2 settings that make a stream's window too large", .flowControl, .request(1, flags: 4),
            .window(1, 0x7FFF_0000),
            .setting(4, 0x7FFF_FFFF)),
        FrameRule("6.10 a continuation of no stream", .protocolError, .request(1, flags: 1), RawFrame(.continuation, flags: 4)),
        FrameRule(
            "6.10 a continuation of a whole head", .protocolError, .request(), RawFrame(.continuation, flags: 4, stream: 1)),
        FrameRule(
            "6.10 a continuation after content", .protocolError, .request(1, flags: 4), RawFrame(.data, stream: 1, [1]),
            RawFrame(.continuation, flags: 4, stream: 1)),
        FrameRule("7541 2.3.3 an index beyond the tables", .compression, .request(1, RawFrame.head + [0x80 | 70])),
        FrameRule("7541 2.3.3 a name beyond the tables", .compression, .request(1, RawFrame.head + [0x40 | 62, 1, 0x61])),
        FrameRule("7541 5.1 a number without end", .compression, .request(1, [UInt8](repeating: 0xFF, count: 24))),
        FrameRule("7541 5.2 a string longer than its block", .compression, .request(1, RawFrame.head + [0, 1, 0x61, 9, 0x62])),
        FrameRule(
            "7541 5.2 a code that is padded by eight bits", .compression,
            .request(1, RawFrame.head + [0, 1, 0x61, 0x82, 0x1F, 0xFF])),
        FrameRule(
            "7541 5.2 a code that is padded by zeros", .compression, .request(1, RawFrame.head + [0, 1, 0x61, 0x81, 0x18])),
        FrameRule(
            "7541 5.2 the code of the end", .compression,
            .request(1, RawFrame.head + [0, 1, 0x61, 0x84, 0xFF, 0xFF, 0xFF, 0xFF])),
        FrameRule("7541 6.1 the index 0", .compression, .request(1, RawFrame.head + [0x80])),
        FrameRule(
            "7541 6.3 a table larger than the gateway's", .compression, .request(1, [0x3F, 0xE1, 0xFF, 0x03] + RawFrame.head)),
        FrameRule("7541 4.2 three table sizes", .compression, .request(1, [0x20, 0x3E, 0x20] + RawFrame.head)),
    ]

    static let refusals: [FrameRule] = [
        FrameRule("5.1 a head after the end", .streamClosed, .request(), .request()),
        FrameRule(
            "5.1 content after the client's reset", .streamClosed, .request(1, flags: 4), .reset(1, 8),
            RawFrame(.data, stream: 1, [1])),
        FrameRule("5.1 a head after the client's reset", .streamClosed, .request(1, flags: 4), .reset(1, 8), .request()),
        FrameRule("6.3 a priority of six bytes", .frameSize, .request(1, flags: 4), .priority(1, bytes: 6)),
        FrameRule(
            "8.1 trailers that do not end the stream", .protocolError, .request(1, flags: 4),
            .request(1, flags: 4, RawFrame.field("a", "b"))),
        FrameRule("8.2.2 keep-alive", .protocolError, .request(1, RawFrame.head + RawFrame.field("keep-alive", "5"))),
        FrameRule(
            "8.2.2 proxy-connection", .protocolError, .request(1, RawFrame.head + RawFrame.field("proxy-connection", "close"))),
        FrameRule("8.2.2 upgrade", .protocolError, .request(1, RawFrame.head + RawFrame.field("upgrade", "h2c"))),
        FrameRule("8.3.1 no method", .protocolError, .request(1, [0x86, 0x84] + RawFrame.field(":authority", "x"))),
        FrameRule("8.3.1 an empty path", .protocolError, .request(1, [0x82, 0x86] + RawFrame.field(":path", ""))),
        FrameRule("8.3.1 two paths", .protocolError, .request(1, RawFrame.head + [0x84])),
        FrameRule("8.3.1 two schemes", .protocolError, .request(1, RawFrame.head + [0x86])),
        FrameRule("8.3.1 two authorities", .protocolError, .request(1, RawFrame.head + RawFrame.field(":authority", "y"))),
        FrameRule("8.2.1 an empty name", .protocolError, .request(1, RawFrame.head + RawFrame.field("a:b", "x"))),
        FrameRule("8.2.1 a name with a blank", .protocolError, .request(1, RawFrame.head + RawFrame.field("a b", "x"))),
        FrameRule("8.2.1 a value with a zero", .protocolError, .request(1, RawFrame.head + RawFrame.field("a", "x\u{0}y"))),
    ]

    static let tolerated: [FrameRule] = [
        FrameRule(
            "4.1 flags that a frame does not have", .noError, RawFrame(.ping, flags: 0xFE, number),
            RawFrame(.settings, flags: 0xFE)),
        FrameRule(
            "4.1 the reserved bit", .noError, RawFrame(.priority, stream: 0x8000_0001, [0, 0, 0, 0, 9]),
            RawFrame(.windowUpdate, [0x80, 0, 0, 1])),
        FrameRule("5.1 a priority of a stream that was not begun", .noError, .priority(9, bytes: 5)),
        FrameRule(
            "5.1 window, priority and reset after the end", .noError, .request(), .window(1, 1), .priority(1, bytes: 5),
            .reset(1, 8), .reset(1, 8)),
        FrameRule(
            "5.1 a window after the reset", .noError, .request(1, flags: 4), .reset(1, 8), .window(1, 1), .priority(1, bytes: 5)
        ),
        FrameRule(
            "5.5 frames of unknown kinds", .noError, RawFrame(raw: 0x0A), RawFrame(raw: 0xFF, flags: 0xFF, stream: 4, [1, 2])),
        FrameRule(
            "6.5.2 a setting that is not known, and one that comes twice", .noError,
            RawFrame(.settings, [0, 9, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0])),
        FrameRule("6.7 an answer to no ping", .noError, RawFrame(.ping, flags: 1, number)),
        FrameRule("6.9.2 a window that becomes negative", .noError, .setting(4, 0), .setting(4, 0x7FFF_FFFF)),
        FrameRule("7 codes that are not known", .noError, .request(1, flags: 4), .reset(1, 0xABCD)),
        FrameRule("6.8 a goodbye", .noError, RawFrame(.goAway, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0x62, 0x79, 0x65])),
        FrameRule(
            "7541 4.2 the table emptied and widened again", .noError, .request(1, [0x20, 0x3F, 0xE1, 0x1F] + RawFrame.head)),
    ]

    @Test("what RFC 9113 and RFC 7541 call an error of the connection ends it with that code", arguments: faults)
    func endsConnection(_ rule: FrameRule) async throws { try await rule.endsConnection() }

    @Test("what they call an error of a stream ends that with that code, and the connection goes on", arguments: refusals)
    func endsStream(_ rule: FrameRule) async throws { try await rule.endsStream() }

    @Test("what they allow passes", arguments: tolerated)
    func goesOn(_ rule: FrameRule) async throws { try await rule.passes() }

    @Test("6.5.3 each settings frame is acknowledged, and 6.7 each ping answered with its own number")
    func acknowledges() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(.setting(3, 1), RawFrame(.ping, [1, 2, 3, 4, 5, 6, 7, 8]), .setting(3, 2))
            let frames = await client.frames.wait { [isClosed = client.isClosed] all in
                isClosed.value || all.count { $0.isOf(.settings) && $0.flags == 1 } == 3
            }
            #expect(frames.filter { $0.isOf(.ping) } == [RawFrame(.ping, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8])])
            await client.close()
        }
    }

    @Test("7541 2.3, 6.2: fields that were put into the table mean the same in later heads, also in Huffman's code")
    func remembersFields() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            // :authority www.example.com in Huffman's code (RFC 7541 C.4.1), and `note: a`, both kept.
            let authority: [UInt8] = [0x41, 0x8C, 0xF1, 0xE3, 0xC2, 0xE5, 0xF2, 0x3A, 0x6B, 0xA0, 0xAB, 0x90, 0xF4, 0xFF]
            let note: [UInt8] = [0x40, 4] + Array("note".utf8) + [1, 0x61]
            // Never kept (RFC 7541 §6.2.3), so the indices do not move.
            let secret: [UInt8] = [0x10, 1, 0x73, 1, 0x31]
            try await client.send(.request(1, [0x82, 0x86, 0x84] + authority + note))
            await client.end(of: 1)
            try await client.send(.request(3, [0x82, 0x86, 0x84, 0xBF] + secret + [0xBE]))
            await client.end(of: 3)
            #expect(backend.requests.count == 2)
            #expect(backend.requests.allSatisfy { $0.contains("\r\nnote: a\r\n") })
            #expect(backend.requests.last?.contains("\r\ns: 1\r\n") == true)
            await client.close()
        }
    }
}

extension RawFrame {
    /// A head with so many bytes.
    fileprivate static func request(fields count: Int) -> RawFrame {
        request(1, head + [UInt8](repeating: 0x90, count: count - head.count))
    }

    fileprivate static func reset(_ stream: UInt32, _ code: UInt32) -> RawFrame { RawFrame(.reset, stream: stream, big(code)) }

    fileprivate static func priority(_ stream: UInt32, bytes: Int) -> RawFrame {
        RawFrame(.priority, stream: stream, [UInt8](repeating: 0, count: bytes))
    }
}
