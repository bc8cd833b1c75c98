import GatewayCore
import NIOCore
import NIOHPACK
import Testing

@testable import GatewayTransport

/// What clients of HTTP/2 may do with frames, beyond what libraries do.
@Suite(.timeLimit(.minutes(10)))
struct FrameTests {
    @Test("heads come in pieces, padded and with a priority, and frames that nobody knows between them")
    func assembles() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            let block =
                [0x82, 0x86] + RawFrame.field(":path", "/pieces") + RawFrame.field(":authority", "x") + RawFrame.field("a", "b")
            try await client.send(
                RawFrame(raw: 0x77, flags: 0xFF, stream: 9, [1, 2, 3]),
                RawFrame(.headers, flags: 0x29, stream: 1, [2] + [0, 0, 0, 0, 7] + block.prefix(4) + [0, 0]),
                RawFrame(.continuation, stream: 1, Array(block[4..<9])),
                RawFrame(.continuation, flags: 4, stream: 1, Array(block[9...])),
                RawFrame(.priority, stream: 5, [0, 0, 0, 1, 9]))
            await client.end(of: 1)
            #expect(client.content(of: 1) == Array("GET /pieces HTTP/1.1".utf8))
            #expect(backend.requests.first?.contains("\r\na: b\r\n") == true)
            await client.close()
        }
    }

    @Test("every byte of a connection may come alone")
    func takesSingleBytes() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            for byte in RawFrame.request().bytes { try await client.send(bytes: [byte]) }
            await client.end(of: 1)
            #expect(client.content(of: 1) == Array("GET / HTTP/1.1".utf8))
            await client.close()
        }
    }

    @Test("padding counts as content for the windows, which the gateway widens as the request is passed on")
    func widensWindows() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(.request(1, flags: 4, RawFrame.head + RawFrame.field("content-length", "40000")))
            await backend.connection(0).receive(until: "\r\n\r\n")
            let piece = RawFrame(.data, flags: 8, stream: 1, [255] + [UInt8](repeating: 0x61, count: 1000 + 255))
            for _ in 0..<40 { try await client.send(piece) }
            await backend.connection(0).received.wait { $0.text.utf8.count >= 40_000 }
            #expect(try await client.isAlive())
            let more = RawFrame(.data, stream: 3, [UInt8](repeating: 0x62, count: 16_000))
            try await client.send(.request(3, flags: 4, RawFrame.head + RawFrame.field("content-length", "1600000")))
            for _ in 0..<9 { try await client.send(more) }
            #expect(await client.frame(.windowUpdate, stream: 3) != nil)
            await client.close()
        }
    }

    @Test("content comes as the client's windows let it, and trailers behind it")
    func keepsToWindows() async throws {
        let backend = try await RawServer.start { _ in
            Reply(
                text:
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n0123456789012345678901234\r\n0\r\nX-Sum: 1\r\n\r\n"
            )
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port, settings: .setting(4, 10))
            try await client.send(.request())
            #expect(await client.content(of: 1, atLeast: 10).count == 10)
            #expect(try await client.isAlive())
            #expect(client.content(of: 1).count == 10)
            try await client.send(.window(1, 7))
            #expect(await client.content(of: 1, atLeast: 17).count == 17)
            // A window that is narrowed has to be made up for.
            try await client.send(.setting(4, 5), .window(1, 4))
            #expect(try await client.isAlive())
            #expect(client.content(of: 1).count == 17)
            try await client.send(.setting(4, 100))
            await client.end(of: 1)
            #expect(client.content(of: 1) == Array("0123456789012345678901234".utf8))
            let last = try #require(client.frames.value.last { $0.stream == 1 })
            #expect(last.isOf(.headers) && last.flags == 5)
            #expect(String(decoding: last.payload, as: UTF8.self).contains("x-sum"))
            await client.close()
        }
    }

    @Test("all streams share the connection's window, and a stream that is reset gives its part up")
    func sharesWindow() async throws {
        let backend = try await RawServer.start { request in
            request.hasSuffix("\r\n\r\n") ? .ok(String(repeating: "x", count: 40_000)) : nil
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(.request(1), .request(3), .request(5))
            await client.frames.wait { frames in frames.filter { $0.isOf(.data) }.reduce(0) { $0 + $1.payload.count } == 65_535
            }
            #expect(try await client.isAlive())
            let unfinished = [UInt32(1), 3, 5].filter { client.content(of: $0).count < 40_000 }
            let given = try #require(unfinished.first)
            try await client.send(RawFrame(.reset, stream: given, [0, 0, 0, 8]), .window(0, 100_000))
            for stream in [UInt32(1), 3, 5] where stream != given {
                #expect(await client.content(of: stream, atLeast: 40_000).count == 40_000)
            }
            await client.close()
        }
    }

    @Test("a connection that takes nothing for a while loses nothing")
    func bearsSlowReaders() async throws {
        let backend = try await RawServer.start { request in
            request.hasSuffix("\r\n\r\n") ? .ok(String(repeating: "x", count: 300_000)) : nil
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port, settings: .setting(4, 1 << 30))
            try await client.channel.setOption(.autoRead, value: false).get()
            try await client.send(.window(0, 1 << 30))
            let streams = (0..<30).map { UInt32($0 * 2 + 1) }
            for stream in streams { try await client.send(.request(stream)) }
            await gateway.record.wait(for: 1)
            try await client.channel.setOption(.autoRead, value: true).get()
            for stream in streams {
                #expect(await client.content(of: stream, atLeast: 300_000).count == 300_000)
            }
            await client.close()
        }
    }

    @Test("frames of a stream that the gateway has reset are no mistakes")
    func bearsLateFrames() async throws {
        let backend = try await RawServer.start()
        let configure: @Sendable (inout GatewaySettings) -> Void = { $0.http2.resets = 5 }
        try await GatewayFixture.run(.nio, to: backend, configure: configure) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port)
            try await client.send(.request(1, flags: 4, [0x82, 0x86]))
            #expect(await client.frame(.reset, stream: 1) != nil)
            for _ in 0..<40 { try await client.send(RawFrame(.data, stream: 1, [1, 2, 3])) }
            #expect(try await client.isAlive())
            await client.close()
        }
    }

    @Test("a client that sets a limit for the table of fields hears that it stays empty")
    func tellsTableSize() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await FrameConnection.connect(port: gateway.port, settings: .setting(1, 100))
            for stream in [UInt32(1), 3] {
                try await client.send(.request(stream))
                await client.end(of: stream)
            }
            let heads = client.frames.value.filter { $0.isOf(.headers) }
            #expect(heads.map { $0.payload.first } == [0x20, 0x88])
            await client.close()
        }
    }

    @Test("heads of answers that are too long for a frame come in several")
    func splitsHeads() async throws {
        let value = String(repeating: "v", count: 20_000)
        let backend = try await RawServer.start { _ in
            Reply(text: "HTTP/1.1 200 OK\r\nX-One: \(value)\r\nX-Two: \(value)\r\nContent-Length: 0\r\n\r\n")
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let raw = try await FrameConnection.connect(port: gateway.port)
            try await raw.send(.request())
            await raw.end(of: 1)
            await raw.frames.wait { $0.contains { $0.isOf(.continuation) && $0.flags == 4 } }
            #expect(raw.frames.value.filter { $0.stream == 1 }.map(\.flags) == [1, 0, 4])
            await raw.close()
            var block = ByteBuffer(bytes: raw.frames.value.filter { $0.stream == 1 }.flatMap(\.payload))
            var decoder = HPACKDecoder(
                allocator: ByteBufferAllocator(), maxDynamicTableSize: 4096, maxHeaderListSize: 100_000)
            let fields = try decoder.decodeHeaders(from: &block)
            #expect(fields.first(name: "x-one") == value && fields.first(name: "x-two") == value)
        }
    }

    @Test("one object serves request after request, with and without bodies")
    func servesAgain() async throws {
        let backend = try await RawServer.start { request in
            request.hasSuffix("\r\n\r\n") || request.hasSuffix("body") ? .ok("\(request.count)") : nil
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            for number in 0..<40 {
                let body = number % 2 == 0 ? nil : "body"
                let fields: HPACKHeaders = body == nil ? [:] : ["content-length": "4"]
                let answer = try await client.exchange(body == nil ? "GET" : "POST", "/\(number)", fields, body: body)
                #expect(answer.status == "200" && !answer.text.isEmpty)
                if number % 10 == 9 { #expect(try await client.exchange("GET", "/refused").text == "no") }
            }
            #expect(gateway.record.count == 44)
            await client.close()
        }
    }

    @Test("blocks of fields mean what was put into them, in the words of another implementation")
    func writesFields() throws {
        let fields = [
            ("Content-Type", "text/plain"), ("content-length", "17"), ("X-Note", ""), ("SET-COOKIE", "a=b"),
            ("www-authenticate", String(repeating: "long ", count: 200)), ("x-\(String(repeating: "n", count: 200))", "v"),
        ]
        for status in [Int32(200), 204, 206, 304, 400, 404, 500, 103, 429] {
            var output = HTTP2Output()
            let room = FieldBlockWriter.room(forBytes: fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count }, fields: 6)
            output.writeFields(stream: 1, endsStream: true, room: room) { writer in
                writer.write(status: status)
                for (name, value) in fields {
                    Array(name.utf8).withUnsafeBytes { name in
                        Array(value.utf8).withUnsafeBytes { writer.write(name, $0, .other) }
                    }
                }
            }
            var block = output.frames
            block.moveReaderIndex(forwardBy: FrameHeader.byteCount)
            #expect(block.readableBytes <= room)
            var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
            let read = try decoder.decodeHeaders(from: &block)
            #expect(read.first(name: ":status") == "\(status)")
            #expect(read.dropFirst().map { "\($0.name): \($0.value)" } == fields.map { "\($0.0.lowercased()): \($0.1)" })
        }
    }
}
