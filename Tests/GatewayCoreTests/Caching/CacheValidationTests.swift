import Testing

@testable import GatewayCore

@Suite("Answers that the upstream is asked about")
struct CacheValidationTests {
    @Test("an answer that has become old is asked for by its tag, and used on if the upstream says that it is the same")
    func validates() {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", [], ["ETag: \"1\"", "X-Old: 1", "Cache-Control: max-age=10"])
        scene.wait(seconds: 11)
        let second = scene.exchange(upstream: "304 Not Modified", ["ETag: \"1\"", "X-New: 2", "Cache-Control: max-age=10"])
        #expect(second.upstream?.contains("\r\nIf-None-Match: \"1\"\r\n") == true)
        #expect(second.client.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(second.client.contains("X-Old: 1\r\n") && second.client.contains("X-New: 2\r\n"))
        #expect(second.client.contains("\r\nAge: 0\r\n") && second.client.hasSuffix("hello"))
        #expect(scene.isKept())
        scene.wait(seconds: 11)
        let third = scene.exchange(upstream: "200 OK", ["ETag: \"2\""], "other")
        #expect(third.client.hasSuffix("other"))
        #expect(scene.exchange().client.hasSuffix("other"))
        #expect(scene.cache.count == 1)
    }

    @Test("without a tag the date of the last change is the question")
    func validatesByDate() {
        let scene = CacheScene()
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        scene.exchange("GET", "/open/a", [], ["Last-Modified: \(date)", "Cache-Control: no-cache"])
        let second = scene.exchange(upstream: "304 Not Modified")
        #expect(second.upstream?.contains("\r\nIf-Modified-Since: \(date)\r\n") == true)
        #expect(second.client.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test(
        "a client that has the answer already gets its head only",
        arguments: [
            ("If-None-Match: \"1\"", true), ("If-None-Match: \"0\", W/\"1\"", true), ("If-None-Match: *", true),
            ("If-None-Match: \"2\"", false), ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", true),
            ("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT", false), ("If-Modified-Since: yesterday", false),
        ])
    func answersConditions(field: String, isSame: Bool) {
        let scene = CacheScene()
        scene.exchange(
            "GET", "/open/a", [], ["ETag: \"1\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Type: a/b"])
        let second = scene.exchange("GET", "/open/a", [field])
        #expect(second.upstream == nil)
        #expect(second.client.hasPrefix(isSame ? "HTTP/1.1 304 Not Modified\r\n" : "HTTP/1.1 200 OK\r\n"))
        #expect(second.client.contains("ETag: \"1\"\r\n"))
        #expect(second.client.contains("Content-Length") != isSame)
        #expect(second.client.hasSuffix("hello") != isSame)
        #expect(scene.subject.connection.isIdle)
    }

    @Test("a client's own condition is answered after the upstream was asked with the gateway's")
    func replacesConditions() {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", [], ["ETag: \"1\"", "Cache-Control: no-cache"])
        let second = scene.exchange("GET", "/open/a", ["If-None-Match: \"1\""], upstream: "304 Not Modified")
        #expect(second.client.hasPrefix("HTTP/1.1 304 Not Modified\r\n"))
        let third = scene.exchange("GET", "/open/a", ["If-None-Match: \"9\""], upstream: "304 Not Modified")
        #expect(third.upstream?.contains("If-None-Match: \"1\"\r\n") == true)
        #expect(third.client.hasPrefix("HTTP/1.1 200 OK\r\n") && third.client.hasSuffix("hello"))
    }

    @Test("the upstream's connection serves on after a 304, unless bytes follow that belong to no answer")
    func keepsConnection() {
        let scene = CacheScene()
        for (rest, action) in [("", ProxyActions.releaseUpstream), ("rest", .dropUpstream)] {
            scene.exchange("GET", "/open/a", [], ["ETag: \"1\"", "Cache-Control: no-cache"])
            scene.subject.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\n\r\n")
            scene.subject.ready()
            #expect(scene.subject.upstream("HTTP/1.1 304 Not Modified\r\n\r\n" + rest) == action)
        }
    }
}
