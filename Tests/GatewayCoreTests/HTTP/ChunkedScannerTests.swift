import Testing

@testable import GatewayCore

struct ChunkedScannerTests {
    /// Scans in pieces and answers the content, the bytes taken and the state at the end.
    private func scan(
        _ text: String, step: Int = .max, isRequest: Bool = false
    ) -> (content: String, taken: Int, state: ChunkedScanner.State) {
        var scanner = ChunkedScanner(limits: WireLimits(), isRequest: isRequest)
        let bytes = Array(text.utf8)
        var content: [UInt8] = []
        var taken = 0
        while taken < bytes.count, scanner.state != .done, scanner.state != .broken {
            let end = step == .max ? bytes.count : min(taken + step, bytes.count)
            taken += bytes[taken..<end].withUnsafeBytes { piece in scanner.scan(piece) { content.append(contentsOf: $0) } }
        }
        #expect(scanner.dataBytes == Int64(content.count))
        return (String(decoding: content, as: UTF8.self), taken, scanner.state)
    }

    @Test("a body ends exactly where its last line ends", arguments: [1, 2, 3, 5, 100])
    func endsExactly(step: Int) {
        let body = "4\r\nWiki\r\n00A;name=\"v\"\r\npedia in c\r\n0\r\nTrailer: x\r\n\r\n"
        let result = scan(body + "GET / HTTP/1.1\r\n", step: step)
        #expect(result.content == "Wikipedia in c")
        #expect(result.taken == body.utf8.count)
        #expect(result.state == .done)
    }

    @Test(
        "what breaks the coding is refused",
        arguments: [
            "x\r\n", "\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\n",
            "1\r\na\rb",
            "1;\u{1}\r\n", "1;a\nb\r\n", "0\r\n\n", "0\r\n X: a\r\n\r\n", "0\r\nX: a\n\r\n", "0\r\nX\u{0}: a\r\n\r\n",
            "0\r\nX\r\n\r\n", "0\r\nGET / HTTP/1.1\r\n\r\n", "0\r\nX : a\r\n\r\n",
            "1\r\r\n",
            "1234567890123456\r\n", "1;" + String(repeating: "x", count: 300), "0\r\nX: " + String(repeating: "y", count: 9000),
        ])
    func broken(text: String) {
        #expect(scan(text).state == .broken)
        #expect(scan(text, step: 1).state == .broken)
    }

    @Test(
        "trailers of requests that would say something about framing, way or sender are refused, and others pass",
        arguments: [1, 4, 100])
    func refusesTrailers(step: Int) {
        for name in ["Content-Length", "transfer-encoding", "HOST", "Authorization", "X-JWT-Assertion", "Cookie"] {
            let body = "1\r\na\r\n0\r\nX-Sum: 1\r\n\(name): 5\r\n\r\n"
            #expect(scan(body, step: step, isRequest: true).state == .broken, "\(name)")
            #expect(scan(body, step: step).state == .done, "an answer's reader knows that it means nothing there")
        }
        for name in ["X-Sum", "Digest", "Content-MD5", "Server-Timing", "hostess"] {
            #expect(scan("1\r\na\r\n0\r\n\(name): 5\r\n\r\n", step: step, isRequest: true).state == .done, "\(name)")
        }
    }

    @Test("random bodies in random pieces give back their content")
    func randomBodies() {
        var random = SeededGenerator(seed: 42)
        for _ in 0..<2000 {
            var body = ""
            var content = ""
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let data = String(repeating: "d", count: Int.random(in: 1...40, using: &random))
                content += data
                body += String(data.count, radix: 16, uppercase: Bool.random(using: &random)) + "\r\n" + data + "\r\n"
            }
            body += "0\r\n\r\n"
            let result = scan(body + "rest", step: Int.random(in: 1...50, using: &random))
            #expect(result.content == content)
            #expect(result.taken == body.utf8.count)
            #expect(result.state == .done)
        }
    }

    @Test("random changes never pass the bytes' end and never give more content than bytes")
    func mutations() {
        var random = SeededGenerator(seed: 3)
        let seed = Array("5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nT: v\r\n\r\n".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...127, using: &random)
            let result = scan(String(decoding: bytes, as: UTF8.self), step: Int.random(in: 1...9, using: &random))
            #expect(result.taken <= bytes.count)
            #expect(result.content.utf8.count < bytes.count)
        }
    }
}
