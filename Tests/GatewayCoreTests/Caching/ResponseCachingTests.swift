import Model
import Synchronization
import Testing

@testable import GatewayCore

@Suite("Answers that are kept for later requests")
struct ResponseCachingTests {
    @Test("a second request is answered with what the first one brought, and its age")
    func answers() {
        let scene = CacheScene()
        #expect(scene.exchange("GET", "/open/a", [], ["X-Note: 1", "Date: Tue, 14 Nov 2023 22:30:00 GMT"]).upstream != nil)
        scene.wait(seconds: 7)
        let second = scene.exchange()
        #expect(second.upstream == nil)
        #expect(second.client.hasPrefix("HTTP/1.1 200 OK\r\nX-Note: 1\r\nDate: Tue, 14 Nov 2023 22:30:00 GMT\r\n"))
        #expect(second.client.contains("\r\nAge: 7\r\n"))
        #expect(second.client.contains("\r\nactivityid: 1\r\n"))
        #expect(second.client.hasSuffix("\r\n\r\nhello"))
        #expect(scene.subject.connection.isIdle)
    }

    @Test("an API that keeps no answers keeps none")
    func isOff() {
        let scene = CacheScene(seconds: 0)
        scene.exchange()
        #expect(!scene.isKept())
        #expect(scene.cache.count == 0)
    }

    @Test(
        "an answer is used as long as the upstream allows, but no longer than the API",
        arguments: [
            ("Cache-Control: max-age=10", 9, true), ("Cache-Control: max-age=10", 11, false),
            ("Cache-Control: max-age=10, s-maxage=20", 15, true), ("Cache-Control: max-age=1000", 59, true),
            ("Cache-Control: max-age=1000", 61, false), ("X-None: 1", 59, true), ("X-None: 1", 61, false),
            ("Expires: Tue, 14 Nov 2023 22:30:20 GMT", 15, true), ("Expires: Tue, 14 Nov 2023 22:30:20 GMT", 21, false),
            ("Expires: 0", 0, false), ("Age: 50", 9, true), ("Age: 50", 11, false),
        ] as [(String, UInt64, Bool)])
    func expires(field: String, seconds: UInt64, isUsed: Bool) {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", [], [field, "Date: Tue, 14 Nov 2023 22:30:00 GMT"])
        scene.wait(seconds: seconds)
        #expect(scene.isKept() == isUsed)
    }

    @Test(
        "what must not be kept is not",
        arguments: [
            "Cache-Control: no-store", "Cache-Control: private", "Cache-Control: max-age=0", "Set-Cookie: a=b", "Vary: *",
            "Cache-Control: no-cache",
        ])
    func obeys(field: String) {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", [], [field])
        #expect(!scene.isKept())
    }

    @Test(
        "errors are kept only on the upstream's word",
        arguments: [
            ("404 Not Found", "X: 1", false), ("404 Not Found", "Cache-Control: max-age=5", true),
            ("500 Internal Server Error", "Cache-Control: max-age=5", false),
            ("206 Partial Content", "Cache-Control: max-age=5", false),
            ("301 Moved Permanently", "Location: /b", true),
        ])
    func statuses(status: String, field: String, isUsed: Bool) {
        let scene = CacheScene()
        scene.exchange(upstream: status, [field])
        #expect(scene.isKept() == isUsed)
    }

    @Test(
        "requests with credentials of the client's own get only what is meant for all",
        arguments: ["Authorization: x", "Cookie: a=b"])
    func credentials(field: String) {
        let scene = CacheScene(passesAuthorization: true)
        scene.exchange("GET", "/open/a", [field])
        #expect(!scene.isKept("/open/a", [field]))
        scene.exchange("GET", "/open/a", [field], ["Cache-Control: public, max-age=30"])
        #expect(scene.isKept("/open/a", [field]))
    }

    @Test("what the gateway tells the upstream about the caller is part of the question")
    func callers() {
        let name = SettableName()
        let policy = ScriptedPolicy { visit in
            if let field = FieldName("X-User") { visit.request?.set(field, to: Array(name.text.withLock { $0 }.utf8)) }
            return .next
        }
        let scene = CacheScene(policies: ["user": policy], flows: GatewayPolicyFlows(request: PolicyScene.uses("user")))
        scene.exchange()
        #expect(scene.isKept())
        name.text.withLock { $0 = "lee" }
        #expect(!scene.isKept())
        #expect(scene.isKept())
    }

    @Test("answers that depend on fields are kept apart by them")
    func varies() {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", ["Accept-Language: de"], ["Vary: accept-language"], "hallo")
        #expect(!scene.isKept("/open/a", ["Accept-Language: en"]))
        scene.exchange("GET", "/open/a", ["Accept-Language: en"], ["Vary: accept-language"], "hello")
        #expect(scene.exchange("GET", "/open/a", ["Accept-Language: de"]).client.hasSuffix("hallo"))
        #expect(scene.exchange("GET", "/open/a", ["Accept-Language: en"]).client.hasSuffix("hello"))
    }

    @Test("other targets, and parts, are other questions")
    func targets() {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a?x=1")
        #expect(!scene.isKept("/open/a?x=2"))
        #expect(!scene.isKept("/open/b"))
        #expect(scene.isKept("/open/a?x=1"))
        #expect(!scene.isKept("/open/a?x=1", ["Range: bytes=0-1"]))
    }

    @Test("a client may ask for a newer answer, or for none but one that is kept")
    func wishes() {
        let scene = CacheScene()
        #expect(scene.exchange("GET", "/open/a", ["Cache-Control: only-if-cached"]).client.hasPrefix("HTTP/1.1 504 "))
        scene.exchange()
        scene.wait(seconds: 5)
        #expect(!scene.isKept("/open/a", ["Cache-Control: max-age=3"]))
        #expect(!scene.isKept("/open/a", ["Pragma: no-cache"]))
        #expect(!scene.isKept("/open/a", ["Cache-Control: no-cache"]))
        #expect(scene.isKept("/open/a", ["Cache-Control: max-age=3"]))
        #expect(scene.isKept("/open/a", ["Cache-Control: only-if-cached"]))
    }

    @Test("a change forgets what is kept of its target, but a refused one changes nothing")
    func invalidates() {
        let scene = CacheScene()
        scene.exchange()
        scene.exchange("PUT", "/open/a", [], body: "new", upstream: "403 Forbidden")
        #expect(scene.isKept())
        scene.exchange("PUT", "/open/a", [], body: "new", upstream: "204 No Content")
        #expect(!scene.isKept())
    }

    @Test("HEAD is answered from the answer to GET, without body, and fills nothing")
    func heads() {
        let scene = CacheScene()
        scene.exchange("HEAD")
        #expect(scene.cache.count == 0)
        scene.exchange()
        let head = scene.exchange("HEAD")
        #expect(head.upstream == nil)
        #expect(head.client.contains("\r\nContent-Length: 5\r\n") && head.client.hasSuffix("\r\n\r\n"))
    }

    @Test("bodies in chunks are kept, too, and those that are too long are not")
    func bodies() {
        let scene = CacheScene(cache: ResponseCache(longestBody: 8))
        scene.subject.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\n\r\n")
        scene.subject.ready()
        scene.subject.upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        #expect(scene.cache.count == 0)
        scene.subject.upstream("2\r\nde\r\n0\r\n\r\n")
        let kept = scene.exchange()
        #expect(kept.upstream == nil && kept.client.contains("\r\nContent-Length: 5\r\n") && kept.client.hasSuffix("abcde"))
        scene.exchange("GET", "/open/long", upstream: "200 OK", [], "123456789")
        #expect(!scene.isKept("/open/long"))
    }

    @Test("an answer that breaks off is not kept")
    func truncated() {
        let scene = CacheScene()
        scene.subject.client("GET /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\n\r\n")
        scene.subject.ready()
        scene.subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
        scene.subject.fails(.closed)
        #expect(scene.cache.count == 0)
    }

    @Test("policies of the answer see kept answers as they see new ones")
    func policies() {
        let upper = ScriptedPolicy(needsBody: true) { visit in
            visit.body = visit.text.map { Array($0.uppercased().utf8) }
            return .next
        }
        let scene = CacheScene(policies: ["upper": upper], flows: GatewayPolicyFlows(response: PolicyScene.uses("upper")))
        #expect(scene.exchange().client.hasSuffix("HELLO"))
        let second = scene.exchange()
        #expect(second.upstream == nil && second.client.hasSuffix("HELLO"))
    }

    @Test("events tell kept answers from others")
    func events() throws {
        let scene = CacheScene()
        scene.exchange()
        scene.exchange()
        let block = try #require(scene.subject.context.pipeline.analytics.take())
        let lines = String(decoding: block, as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.contains("\"responseCacheHit\":true") } == [false, true])
    }
}

private final class SettableName: Sendable {
    let text = Mutex("kim")
}
