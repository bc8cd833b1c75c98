import Testing

@testable import FuzzTargets

/// The reader that judges what the gateway sends must itself notice what is wrong.
struct StrictMessageTests {
    @Test(
        "what two readers could read differently is found",
        arguments: [
            "GET /up HTTP/1.1\nHost: x\r\n\r\n",
            "GET /up HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
            "GET /up HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
            "GET /up HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET /up HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "GET /up HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET /up HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
            "GET /up HTTP/1.1\r\nContent-Length: +1\r\n\r\na",
            "GET /up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
            "GET /up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
            "GET /up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
            "GET /up\r\n\r\n",
        ])
    func finds(text: String) {
        #expect(throws: FuzzFinding.self) { try StrictMessage(.request, Array(text.utf8)) }
    }

    @Test("messages end where they should")
    func ends() throws {
        let request = "POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: 1\r\n\r\n"
        #expect(try StrictMessage(.request, Array((request + "more").utf8))?.count == request.utf8.count)
        #expect(try StrictMessage(.request, Array(request.dropLast().utf8)) == nil)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        #expect(try StrictMessage(.answer(toHead: false), Array((answer + "more").utf8))?.count == answer.utf8.count)
        #expect(try StrictMessage(.answer(toHead: true), Array(answer.utf8))?.count == answer.utf8.count - 2)
        #expect(try StrictMessage(.answer(toHead: false), Array("HTTP/1.1 200 OK\r\n\r\nhi".utf8))?.isUntilClose == true)
    }

    @Test("requests reach the upstream as they should", arguments: [1, 3, .max])
    func passesOn(size: Int) throws {
        let text = "POST /a/1/x?y HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\nhiGET /a/1/z HTTP/1.1\r\nHost: g\r\n\r\n"
        let requests = try RequestTarget.requests(of: Array(text.utf8), pieces: size).map {
            String(decoding: $0, as: UTF8.self)
        }
        try #require(requests.count == 2)
        #expect(requests[0].hasPrefix("POST /up/x?y HTTP/1.1\r\n") && requests[0].hasSuffix("\r\n\r\nhi"))
        #expect(requests[1].hasPrefix("GET /up/z HTTP/1.1\r\n"))
    }

    @Test("what an upstream does wrong changes nothing for later inputs")
    func forgets() throws {
        let exercise = WireExercise()
        try exercise.client("GET /a/1/x HTTP/1.1\r\nHost: g\r\n\r\n".utf8)
        try #require(exercise.hasUpstream)
        try exercise.upstreamCloses()
        #expect(String(decoding: exercise.toClient, as: UTF8.self).contains("101505"))
        try passesOn(size: .max)
    }
}
