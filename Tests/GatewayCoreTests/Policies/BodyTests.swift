import Model
import Testing

@testable import GatewayCore

@Suite("Bodies that policies see")
struct BodyTests {
    private static let upper = ScriptedPolicy(needsBody: true) { visit in
        visit.body = visit.text.map { Array($0.uppercased().utf8) }
        return .next
    }
    private static let request = GatewayPolicyFlows(request: PolicyScene.uses("upper"))
    private static let response = GatewayPolicyFlows(response: PolicyScene.uses("upper"))

    private func scene(
        _ flows: GatewayPolicyFlows = Self.request, bodyBytes: Int = 10, limits: WireLimits = WireLimits()
    ) -> ScriptedConnection {
        PolicyScene(["upper": Self.upper], own: flows, bodyBytes: bodyBytes, limits: limits).connection
    }

    @Test(
        "a body is collected in either framing and goes on with its new length, in whatever pieces it comes",
        arguments: [
            ("Content-Length: 5", "hello"), ("Transfer-Encoding: chunked", "2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n"),
        ], [1, 3, 100])
    func requests(framing: (field: String, body: String), step: Int) {
        let subject = scene()
        let text = Array(PolicyScene.request("POST", "/open/a", framing.field, body: framing.body).utf8)
        var last: ProxyActions = []
        for start in stride(from: 0, to: text.count, by: step) {
            #expect(last == [])
            last = subject.client(String(decoding: text[start..<min(start + step, text.count)], as: UTF8.self))
        }
        #expect(last == .acquireUpstream)
        subject.ready()
        #expect(
            subject.toUpstream
                == "POST /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\nContent-Length: 5\r\n\r\nHELLO")
        #expect(subject.upstream("HTTP/1.1 204 No Content\r\n\r\n") == .releaseUpstream)
        #expect(subject.connection.isIdle && subject.context.allowance.collectedBytes.inUse == 0)
    }

    @Test("a request without a body goes on without one")
    func noBody() {
        let subject = scene()
        #expect(subject.client(PolicyScene.request("GET")) == .acquireUpstream)
        subject.ready()
        #expect(subject.toUpstream == "GET /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\n\r\n")
    }

    @Test("a length above the limit is refused before the body comes")
    func announcedTooLong() {
        let subject = scene()
        let actions = subject.client(PolicyScene.request("POST", "/open/a", "Content-Length: 11", "Expect: 100-continue"))
        #expect(actions == .lingerClient)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
    }

    @Test("a chunked body is refused when it has become too long")
    func chunkedTooLong() {
        let subject = scene()
        subject.client(PolicyScene.request("POST", "/open/a", "Transfer-Encoding: chunked", body: "a\r\n0123456789\r\n"))
        #expect(subject.toClient.isEmpty)
        #expect(subject.client("1\r\nx\r\n") == .lingerClient)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 413 "))
    }

    @Test("a client that waits for leave to send its body gets it, and the upstream is not asked for it again")
    func expectation() {
        let subject = scene()
        subject.client(PolicyScene.request("POST", "/open/a", "Content-Length: 2", "Expect: 100-continue"))
        #expect(subject.toClient == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(subject.client("ok") == .acquireUpstream)
        subject.ready()
        #expect(!subject.toUpstream.contains("Expect"))
        subject.upstream("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(subject.connection.isIdle)
    }

    @Test("a client whose body was sent with the head is given no leave")
    func leaveUnneeded() {
        let subject = scene()
        subject.client(PolicyScene.request("POST", "/open/a", "Content-Length: 0", "Expect: 100-continue"))
        #expect(subject.toClient.isEmpty)
    }

    @Test("a body that stalls is given up, one that breaks its coding refused")
    func broken() {
        let stalling = scene()
        stalling.client(PolicyScene.request("POST", "/open/a", "Content-Length: 5", body: "he"))
        #expect(stalling.expire() == .lingerClient)
        #expect(stalling.toClient.hasPrefix("HTTP/1.1 408 "))
        let breaking = scene()
        breaking.client(PolicyScene.request("POST", "/open/a", "Transfer-Encoding: chunked", body: "zz\r\n"))
        #expect(breaking.toClient.hasPrefix("HTTP/1.1 400 "))
        #expect(stalling.context.allowance.collectedBytes.inUse == 0)
    }

    @Test("bodies that would take more memory than the loop may hold are refused")
    func memory() {
        var limits = WireLimits()
        limits.collectedBytes = 4
        let announced = scene(limits: limits)
        announced.client(PolicyScene.request("POST", "/open/a", "Content-Length: 5", body: "he"))
        #expect(announced.toClient.hasPrefix("HTTP/1.1 503 "))
        let chunked = scene(limits: limits)
        chunked.client(PolicyScene.request("POST", "/open/a", "Transfer-Encoding: chunked", body: "5\r\nhello\r\n"))
        #expect(chunked.toClient.hasPrefix("HTTP/1.1 503 "))
        #expect(chunked.context.allowance.collectedBytes.inUse == 0)
    }

    @Test("a request whose body is held is sent again as a whole")
    func repeats() {
        let subject = scene()
        subject.client(PolicyScene.request("POST", "/open/a", "Content-Length: 2", body: "ab"))
        #expect(subject.fails(.connectFailed).contains(.dropUpstream))
        let second = scene()
        second.client(PolicyScene.request("POST", "/open/a", "Content-Length: 2", body: "ab"))
        second.ready(isReused: true)
        // A POST must not be sent twice when it is not known whether the upstream saw it.
        second.fails(.closed)
        #expect(second.toClient.contains("101505"))
    }

    @Test("an answer is collected, changed and framed anew", arguments: [1, 4, 100])
    func answers(step: Int) {
        let subject = scene(Self.response)
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        let answer = Array(
            "HTTP/1.1 200 Fine\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n".utf8)
        var last: ProxyActions = []
        for start in stride(from: 0, to: answer.count, by: step) {
            last = subject.upstream(String(decoding: answer[start..<min(start + step, answer.count)], as: UTF8.self))
        }
        #expect(last == .releaseUpstream)
        #expect(subject.toClient == "HTTP/1.1 200 Fine\r\nX: y\r\nactivityid: 1\r\nContent-Length: 4\r\n\r\nABCD")
        #expect(subject.connection.exchange.responseBodyBytes == 4)
        #expect(subject.connection.isIdle && subject.context.allowance.collectedBytes.inUse == 0)
    }

    @Test("an answer that ends with its connection is collected too")
    func untilClose() {
        let subject = scene(Self.response)
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\n\r\nab")
        subject.upstream("c")
        #expect(subject.fails(.closed) == .dropUpstream)
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nactivityid: 1\r\nContent-Length: 3\r\n\r\nABC")
    }

    @Test(
        "an answer that is too long for policies is refused", arguments: ["Content-Length: 11", "Transfer-Encoding: chunked"])
    func longAnswer(framing: String) {
        let subject = scene(Self.response)
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        let actions = subject.upstream("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\nb\r\nhello hello\r\n0\r\n\r\n")
        #expect(actions == .dropUpstream)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n") && subject.toClient.contains("101510"))
    }

    @Test("an upstream that fails in the middle of a collected answer is told like one that never answered")
    func fault() {
        let subject = scene(Self.response)
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        #expect(subject.fails(.closed) == .dropUpstream)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 500 ") && subject.toClient.contains("101505"))
        #expect(subject.connection.isIdle)
    }

    @Test("answers without a body have an empty one for policies, and none for the client")
    func bodiless() {
        for (verb, head) in [("GET", "204 No Content"), ("GET", "304 Not Modified"), ("HEAD", "200 OK\r\nContent-Length: 9")] {
            let subject = scene(Self.response)
            subject.client(PolicyScene.request(verb))
            subject.ready()
            #expect(subject.upstream("HTTP/1.1 \(head)\r\n\r\n") == .releaseUpstream)
            #expect(subject.toClient.hasSuffix("\r\n\r\n"))
            #expect(subject.toClient.contains("Content-Length: 9") == (verb == "HEAD"))
            #expect(subject.connection.isIdle)
        }
    }
}
