import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

@testable import GatewayTransport

/// Clients that speak HTTP/2.
@Suite(.timeLimit(.minutes(10)))
struct HTTP2ClientTests {
    @Test("a request with prior knowledge of HTTP/2 goes to an upstream of HTTP/1.1 and is answered")
    func forwards() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let answer = try await client.exchange("GET", "/a?b=c", ["x-note": "one", "te": "trailers"])
            #expect(answer.status == "200")
            #expect(answer.text == "GET /a?b=c HTTP/1.1")
            #expect(answer.heads.last?.first(name: "content-length") == "19")
            #expect(answer.heads.last?.first(name: "activityid") == "1")
            #expect(
                backend.requests == ["GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:\(backend.port)\r\nx-note: one\r\n\r\n"])
            await client.close()
        }
    }

    @Test("TLS clients that offer HTTP/2 get it, and others go on with HTTP/1.1")
    func negotiates() async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        let identity = try TestIdentity.listener()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.listeners[0].identity = identity }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port, isTLS: true)
            for number in 0..<3 { #expect(try await client.exchange("GET", "/\(number)").text == "GET /\(number) HTTP/1.1") }
            let older = try await RawConnection.connect(port: gateway.port, isTLS: true)
            #expect(try await gateway.expectsFit(older))
            await client.close()
        }
    }

    @Test("many streams of one connection each get their own answer", arguments: [1, 2])
    func multiplexes(loops: Int) async throws {
        let backend = try await RawServer.start(answer: Reply.echo)
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.loops = loops }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<300 {
                    group.addTask { try await client.exchange("GET", "/\(number)").text == "GET /\(number) HTTP/1.1" }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(gateway.record.count == 300)
            await client.close()
        }
    }

    @Test("bodies keep their length if it is known, and are chunked otherwise, with their trailers")
    func passesBodies() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let known = try await client.begin("POST", "/", ["content-length": "5"], ends: false)
            try await known.send("hello", ends: true)
            let first = await backend.connection(0).receive(until: "hello")
            #expect(first.hasSuffix("Content-Length: 5\r\n\r\nhello"))
            try await backend.connection(0).send(Reply.ok("known").text)
            #expect(await known.end().text == "known")

            await backend.connection(0).received.clear()
            let unknown = try await client.begin("POST", "/", ends: false)
            try await unknown.send("hello", ends: false)
            try await unknown.send(["x-sum": "17"], ends: true)
            let second = await backend.connection(0).receive(until: "x-sum: 17\r\n\r\n")
            #expect(second.hasSuffix("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 17\r\n\r\n"))
            try await backend.connection(0).send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 18\r\n\r\n")
            let answer = await unknown.end()
            #expect(answer.text == "abcde")
            #expect(answer.trailers == ["x-sum": "18"])
            #expect(answer.heads[0].contains(name: "transfer-encoding") == false)
            await client.close()
        }
    }

    @Test("answers without body end with their head, and interim answers come before it")
    func passesHeads() async throws {
        let backend = try await RawServer.start { request in
            guard request.hasSuffix("\r\n\r\n") else { return nil }
            if request.hasPrefix("HEAD") { return Reply(text: "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n") }
            return Reply(text: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let head = try await client.exchange("HEAD", "/")
            #expect(head.status == "200" && head.bodyBytes == 0 && head.heads[0].first(name: "content-length") == "7")
            let empty = try await client.exchange("GET", "/")
            #expect(empty.heads.map { $0.first(name: ":status") } == ["103", "204"])
            await client.close()
        }
    }

    @Test("an answer given before the request is complete ends the stream without error")
    func answersEarly() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend, configure: { $0.timeouts.linger = 1 }) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let stream = try await client.begin("POST", "/refused", ["content-length": "1000000"], ends: false)
            #expect(await stream.end().text == "no")
            let record = await stream.received.wait { $0.isClosed }
            #expect(record.reset == .noError)
            #expect(try await client.exchange("GET", "/refused").text == "no")
            await client.close()
        }
    }

    @Test("a client that resets its stream gives up the request, and only that")
    func resets() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let stream = try await client.begin("GET", "/", ends: true)
            await backend.connection(0).receive(until: "\r\n\r\n")
            try await stream.reset()
            await backend.connection(0).receiveAll()
            await gateway.record.wait(for: 1)
            #expect(try await client.exchange("GET", "/refused").text == "no")
            await client.close()
        }
    }

    @Test("an answer that breaks off resets its stream")
    func truncates() async throws {
        let backend = try await RawServer.start()
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let stream = try await client.begin("GET", "/", ends: true)
            await backend.connection(0).receive(until: "\r\n\r\n")
            try await backend.connection(0).send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            await stream.body("abc")
            await backend.connection(0).close()
            let record = await stream.received.wait { $0.isClosed }
            #expect(record.reset == .internalError)
            await client.close()
        }
    }

    @Test("an answer that ends with its upstream connection is complete", arguments: [false, true])
    func endsWithConnection(isEmpty: Bool) async throws {
        let backend = try await RawServer.start { _ in
            Reply(text: "HTTP/1.0 200 OK\r\n\r\n" + (isEmpty ? "" : "abc"), closes: true)
        }
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let answer = try await client.exchange("GET", "/")
            #expect(answer.isEnded && answer.text == (isEmpty ? "" : "abc"))
            await client.close()
        }
    }

    @Test("large bodies go both ways as fast as the slower side takes them")
    func streams() async throws {
        let backend = try await RawServer.start(checksBody: true)
        try await GatewayFixture.run(.nio, to: backend) { gateway in
            let client = try await HTTP2Client.connect(port: gateway.port)
            let bytes = 6_000_000
            let stream = try await client.begin("POST", "/", ["content-length": "\(bytes)"], ends: false, keepsBody: false)
            async let sending: Void = {
                var offset = 0
                while offset < bytes {
                    let slice = BytePattern.slice(at: offset, count: bytes - offset)
                    offset += slice.count
                    try await stream.send(ByteBuffer(bytes: slice), ends: offset == bytes)
                }
            }()
            let upstream = await backend.connection(0)
            try await upstream.setReading(false)
            try await upstream.setReading(true)
            let received = await upstream.received.wait { $0.bodyBytes >= bytes }
            #expect(received.isBodyRight)
            try await sending
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n")
            try await upstream.sendPattern(bytes: bytes)
            #expect(await stream.end().bodyBytes == bytes)
            await client.close()
        }
    }
}
