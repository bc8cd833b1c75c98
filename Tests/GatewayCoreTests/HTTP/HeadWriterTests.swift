import Testing

@testable import GatewayCore

struct HeadWriterTests {
    private func target(prefix: String, target: String, context: String, removesKeys: Bool = false) -> String? {
        let subject = ScriptedConnection()
        subject.pipeline.upstreams = [ScriptedConnection.upstream(prefix: prefix)]
        subject.pipeline.prepare = { head, exchange in
            let skipped = context.utf8.count
            exchange.suffix = ByteSpan(start: Int(head.target.start) + skipped, count: Int(head.target.count) - skipped)
            exchange.removesKeyParameters = removesKeys
        }
        subject.client("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        subject.ready()
        return subject.toUpstream.split(separator: " ").dropFirst().first.map(String.init)
    }

    @Test(
        "the upstream's path and the rest of the target become one target",
        arguments: [
            ("", "/c/1.0", "/"), ("", "/c/1.0?x=1", "/?x=1"), ("/v1", "/c/1.0", "/v1"), ("/v1", "/c/1.0?x", "/v1?x"),
            ("/v1", "/c/1.0/a//b/", "/v1/a//b/"), ("", "/c/1.0/a%2Fb", "/a%2Fb"),
        ])
    func targets(prefix: String, asked: String, expected: String) {
        #expect(target(prefix: prefix, target: asked, context: "/c/1.0") == expected)
    }

    @Test(
        "parameters of the endpoint's URL come behind those of the request",
        arguments: [
            ("/c", "/v1?key=1"), ("/c?", "/v1?&key=1"), ("/c/a?b=2", "/v1/a?b=2&key=1"), ("/c?apikey=1", "/v1?key=1"),
        ])
    func endpointQuery(asked: String, expected: String) throws {
        let address = try #require(EndpointAddress("http://backend/v1/?key=1#part"))
        let subject = ScriptedConnection()
        subject.pipeline.upstreams = [
            Upstream(
                pool: 0, host: address.host, port: address.port, isTLS: false, hostField: Array(address.hostField.utf8),
                pathPrefix: Array(address.path.utf8), query: Array(address.query.utf8), url: [], timeoutMilliseconds: 1000)
        ]
        subject.pipeline.prepare = { head, exchange in
            exchange.suffix = ByteSpan(start: Int(head.target.start) + 2, count: Int(head.target.count) - 2)
            exchange.removesKeyParameters = asked.contains("apikey")
        }
        subject.client("GET \(asked) HTTP/1.1\r\nHost: x\r\n\r\n")
        subject.ready()
        #expect(subject.toUpstream.hasPrefix("GET \(expected) HTTP/1.1\r\nHost: backend\r\n"))
    }

    @Test(
        "parameters with keys stay behind, all of them, each with one separator",
        arguments: [
            ("/a?apikey=1", "/a"), ("/a?apikey=1&b=2", "/a?b=2"), ("/a?b=2&apikey=1", "/a?b=2"),
            ("/a?b=2&apikey=1&c", "/a?b=2&c"), ("/a?apikey=1&b=2&ApiKey=2&c=&APIKEY=3", "/a?b=2&c="),
            ("/a?apikey=1&apikey=2", "/a"), ("/a?apikey=&&apikey=2&", "/a?&"),
            ("/a?apikeys=1&apikey&xapikey=1", "/a?apikeys=1&apikey&xapikey=1"),
        ])
    func keyParameters(asked: String, expected: String) {
        #expect(target(prefix: "", target: asked, context: "", removesKeys: true) == expected)
    }

    @Test("fields that end at this hop, and those the pipeline removed, stay behind; added lines follow")
    func fields() {
        let subject = ScriptedConnection()
        subject.pipeline.prepare = { _, exchange in
            exchange.removedFields = 1 << 1
            exchange.addedRequestLines.append("X-Added: 1\r\n")
        }
        let hops =
            "Connection: keep-alive, X-Named\r\nKeep-Alive: 5\r\nProxy-Connection: a\r\nTE: trailers\r\nUpgrade: h2c\r\nX-Named: 1\r\n"
        subject.client("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: secret\r\n\(hops)X-Kept:  v \r\n\r\n")
        subject.ready()
        #expect(subject.toUpstream == "GET /v1/ HTTP/1.1\r\nHost: backend:80\r\nX-Kept: v\r\nX-Added: 1\r\n\r\n")
    }

    @Test("an added answer line gives way to the upstream's own field")
    func addedResponseLines() {
        let subject = ScriptedConnection()
        subject.pipeline.prepare = { $1.addedResponseLines.append("X-A: gateway\r\nX-B: gateway\r\n") }
        subject.client("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\nx-a: upstream\r\nContent-Length: 0\r\n\r\n")
        #expect(
            subject.toClient == "HTTP/1.1 200 OK\r\nx-a: upstream\r\nContent-Length: 0\r\nX-B: gateway\r\n\r\n")
    }

    @Test("an answer that does not say when it was made gets a date, and no other one does")
    func missingDate() {
        let subject = ScriptedConnection()
        subject.showsDates = true
        for (field, expected) in [("", subject.dateLine), ("date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "")] {
            subject.toClient = ""
            subject.client("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            subject.ready()
            subject.upstream("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\(field)\r\n")
            #expect(subject.toClient == "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\(field)\(expected)\r\n")
        }
    }

    @Test(
        "a location that is a path becomes absolute, others stay",
        arguments: [
            ("/abc/d?e", "https://gw:8243/abc/d?e"), ("http://o/x", "http://o/x"), ("//o/x", "//o/x"), ("d", "d"),
        ])
    func locations(sent: String, expected: String) {
        let subject = ScriptedConnection(isTLS: true)
        subject.client("GET / HTTP/1.1\r\nHost: gw:8243\r\n\r\n")
        subject.ready()
        subject.upstream("HTTP/1.1 302 Found\r\nLocation: \(sent)\r\nContent-Length: 0\r\n\r\n")
        #expect(subject.toClient.contains("Location: \(expected)\r\n"))
    }

    @Test(
        "dates are those of the calendar",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00"), (951_782_399, "Mon, 28 Feb 2000 23:59:59"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59"),
        ])
    func dates(seconds: Int64, expected: String) {
        var date = DateField()
        date.update(epochMilliseconds: seconds * 1000 + 999)
        #expect(String(decoding: date.line, as: UTF8.self) == "Date: \(expected) GMT\r\n")
    }
}
