import Testing

@testable import GatewayCore

@Suite("Messages of HTTP/1.1 taken apart for another version")
struct MessageReaderTests {
    /// What a reader finds in text that comes in pieces of a size; heads come whole.
    private func body(_ framing: BodyFramer.Framing, _ text: String, size: Int) -> (
        content: String, end: BodyReader.Piece, trailers: [String]
    ) {
        var reader = BodyReader(framing, limits: WireLimits())
        var content = ""
        var last = BodyReader.Piece.needsMore
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: max(bytes.count, 1), by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            piece.withUnsafeBytes { buffer in
                var offset = 0
                while true {
                    last = reader.next(in: buffer, from: &offset)
                    guard case .data(let range) = last else { return }
                    content += String(decoding: buffer[range], as: UTF8.self)
                }
            }
            if last != .needsMore { break }
        }
        var trailers: [String] = []
        reader.forEachTrailer {
            trailers.append(String(decoding: $0, as: UTF8.self) + "=" + String(decoding: $1, as: UTF8.self))
        }
        return (content, last, trailers)
    }

    @Test("content is found in every framing, in whatever pieces it comes", arguments: [1, 3, 1000])
    func contents(size: Int) {
        #expect(body(.length(5), "hello", size: size).content == "hello")
        #expect(body(.length(5), "hello", size: size).end == .end)
        #expect(body(.untilClose, "hello", size: size).content == "hello")
        #expect(body(.untilClose, "hello", size: size).end == .needsMore)
        let chunks = body(.chunked, "2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: 1\r\nB: two\r\n\r\n", size: size)
        #expect(chunks.content == "hello" && chunks.end == .end && chunks.trailers == ["A=1", "B=two"])
        #expect(body(.none, "rest", size: size).end == .end)
    }

    @Test("a broken coding is noticed, and fields that say how a message is framed are no trailers")
    func chunks() {
        #expect(body(.chunked, "x\r\n", size: 10).end == .broken)
        #expect(body(.chunked, "2\r\nabc", size: 10).end == .broken)
        let ends = body(.chunked, "0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\nHost: a\r\nX: 1\r\n\r\n", size: 100)
        #expect(ends.end == .end && ends.trailers == ["X=1"])
        #expect(body(.chunked, "0\r\n\r\n", size: 100).trailers.isEmpty)
    }

    @Test("answers come as interim heads, the head and the body")
    func answers() {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: 1\r\n\r\nok"
        var reader = ResponseReader(isHeadRequest: false, limits: WireLimits())
        var offset = 0
        Array(text.utf8).withUnsafeBytes { bytes in
            #expect(reader.next(in: bytes, from: &offset) == .interim && reader.head.status == 100)
            #expect(reader.next(in: bytes, from: &offset) == .final && reader.head.status == 200)
            #expect(!reader.isDone && !reader.endsWithConnection)
            #expect(reader.next(in: bytes, from: &offset) == .body(.data(text.utf8.count - 2..<text.utf8.count)))
            #expect(reader.next(in: bytes, from: &offset) == .body(.end) && reader.isDone)
        }
    }

    @Test("an answer to HEAD, and one that says so, has no body")
    func emptyAnswers() {
        for (text, isHead) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true), ("HTTP/1.1 204 No Content\r\n\r\n", false),
        ] {
            var reader = ResponseReader(isHeadRequest: isHead, limits: WireLimits())
            var offset = 0
            Array(text.utf8).withUnsafeBytes { bytes in #expect(reader.next(in: bytes, from: &offset) == .final) }
            #expect(reader.isDone)
        }
    }

    @Test("requests come as head and body")
    func requests() {
        var reader = RequestReader(limits: WireLimits())
        var offset = 0
        let text = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        Array(text.utf8).withUnsafeBytes { bytes in
            #expect(reader.next(in: bytes, from: &offset) == .head)
            guard case .body(.data(let range)) = reader.next(in: bytes, from: &offset) else {
                Issue.record("no content")
                return
            }
            #expect(bytes[range].elementsEqual("a".utf8))
            #expect(reader.next(in: bytes, from: &offset) == .body(.end) && reader.isDone)
        }
        #expect(reader.next(in: UnsafeRawBufferPointer(start: nil, count: 0), from: &offset) == .body(.end))
    }
}
