import Testing

@testable import GatewayCore

struct ProxyConnectionTests {
    private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("a request goes out rewritten and its answer comes back, and the connection is kept")
    func plain() {
        let subject = ScriptedConnection()
        #expect(
            subject.client("GET /a?q HTTP/1.1\r\nHost: x\r\nConnection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n")
                == .acquireUpstream)
        subject.ready()
        #expect(subject.toUpstream == "GET /v1/a?q HTTP/1.1\r\nHost: backend:80\r\nX-End: 2\r\n\r\n")
        let actions = subject.upstream("HTTP/1.1 200 Fine\r\nServer: s\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok")
        #expect(actions == .releaseUpstream)
        #expect(subject.toClient == "HTTP/1.1 200 Fine\r\nServer: s\r\nContent-Length: 2\r\n\r\nok")
        #expect(subject.connection.isIdle)
        #expect(subject.pipeline.accounted.map(\.status) == [200])
        #expect(subject.connection.exchange.snapshot == nil)
    }

    @Test("an answer is the same in whatever pieces it arrives", arguments: [1, 2, 5, 17])
    func piecesOfAnswer(step: Int) {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        let answer = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8)
        var last: ProxyActions = []
        for start in stride(from: 0, to: answer.count, by: step) {
            last = subject.upstream(String(decoding: answer[start..<min(start + step, answer.count)], as: UTF8.self))
        }
        #expect(last == .releaseUpstream)
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        #expect(subject.pipeline.accounted.map(\.received) == [3])
    }

    @Test(
        "bodies pass in both framings, and their content is counted",
        arguments: [
            ("Content-Length: 5\r\n", "hello"), ("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ])
    func requestBodies(field: String, body: String) {
        let subject = ScriptedConnection()
        subject.client("POST /a HTTP/1.1\r\nHost: x\r\n\(field)\r\n\(body)\(get)")
        #expect(subject.toUpstream.isEmpty)
        subject.ready()
        #expect(subject.toUpstream == "POST /v1/a HTTP/1.1\r\nHost: backend:80\r\n\(field)\r\n\(body)")
        #expect(subject.held == Array(get.utf8))
        subject.upstream("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(subject.pipeline.accounted.map(\.sent) == [5])
        #expect(subject.client("") == .acquireUpstream)
    }

    @Test(
        "an upstream that tells of a body where none may be may send it, so its connection is not used again",
        arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    func dropsContradiction(field: String) {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        #expect(subject.upstream("HTTP/1.1 204 No Content\r\n\(field)\r\n\r\n") == .dropUpstream)
        #expect(subject.toClient == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(subject.connection.isIdle)
    }

    @Test(
        "answers without a body end with their head",
        arguments: [
            ("HEAD", "200 OK\r\nContent-Length: 5"), ("GET", "304 Not Modified\r\nContent-Length: 5"),
            ("GET", "204 No Content"),
        ])
    func bodyless(method: String, answer: String) {
        let subject = ScriptedConnection()
        subject.client("\(method) / HTTP/1.1\r\nHost: x\r\n\r\n")
        subject.ready()
        #expect(subject.upstream("HTTP/1.1 \(answer)\r\n\r\n") == .releaseUpstream)
        #expect(subject.toClient == "HTTP/1.1 \(answer)\r\n\r\n")
    }

    @Test("an answer that ends with its connection ends the client's too")
    func untilClose() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        subject.upstream("HTTP/1.0 200 OK\r\n\r\nabc")
        #expect(subject.fails(.closed) == [.dropUpstream, .closeClient])
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
        #expect(subject.pipeline.accounted.map(\.errorCode) == [0])
    }

    @Test("a client of HTTP/1.0 gets a chunked answer without chunks")
    func oldClient() {
        let subject = ScriptedConnection()
        subject.client("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        subject.ready()
        let actions = subject.upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")
        #expect(actions == [.releaseUpstream, .closeClient])
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd")
    }

    @Test("interim answers pass, and the body follows them")
    func expectation() {
        let subject = ScriptedConnection()
        subject.client("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        subject.ready()
        #expect(subject.toUpstream.contains("Expect: 100-continue\r\n"))
        subject.upstream("HTTP/1.1 100 Continue\r\n\r\n")
        #expect(subject.toClient == "HTTP/1.1 100 Continue\r\n\r\n")
        subject.client("hi")
        #expect(
            subject.upstream("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                == .releaseUpstream)
        #expect(subject.toClient.hasSuffix("103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        #expect(subject.connection.isIdle)
    }

    @Test("an upstream that gives interim answers without end is at fault", arguments: [103, 100])
    func endlessInterimAnswers(status: Int) {
        var limits = WireLimits()
        limits.interimAnswers = 3
        let subject = ScriptedConnection(limits: limits)
        let interim = "HTTP/1.1 \(status) More\r\n\r\n"
        for _ in 0..<2 {
            subject.client(get)
            subject.ready()
            #expect(subject.upstream(interim + interim) == [])
            #expect(subject.upstream(interim + "HTTP/1.1 204 No Content\r\n\r\n") == .releaseUpstream)
        }
        subject.client(get)
        subject.ready()
        #expect(subject.upstream(interim + interim + interim + interim) == .dropUpstream)
        #expect(subject.pipeline.failures == [.protocolViolation])
        #expect(subject.pipeline.repeatable == [false])
        #expect(subject.toClient.hasSuffix("101506"))
        #expect(subject.connection.isIdle)
    }

    @Test("a client that has sent its last byte gets the answers to what it has asked, and its connection ends")
    func endsSending() {
        let subject = ScriptedConnection()
        subject.client(get)
        #expect(subject.connection.outlivesInput())
        subject.ready()
        #expect(subject.connection.outlivesInput())
        let actions = subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(actions == [.releaseUpstream, .closeClient])
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        #expect(!subject.connection.outlivesInput())
    }

    @Test(
        "a client that ends before its request does is gone",
        arguments: ["", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab"], [true, false])
    func endsWithinRequest(sent: String, isConnected: Bool) {
        let subject = ScriptedConnection()
        subject.client(sent)
        if isConnected { subject.ready() }
        #expect(!subject.connection.outlivesInput())
    }

    @Test("a refusal to a client that waits for 100 closes, as the body may or may not come")
    func refusedExpectation() {
        let subject = ScriptedConnection()
        subject.pipeline.verdict = .answer
        let actions = subject.client("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(actions == .lingerClient)
        #expect(subject.toClient.contains("Connection: close\r\n"))
    }

    @Test("the body of a refused request is thrown away up to the limit")
    func discards() {
        let subject = ScriptedConnection()
        subject.pipeline.verdict = .answer
        #expect(subject.client("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345") == [])
        #expect(!subject.connection.isIdle)
        #expect(subject.client("67890" + get) == [])
        #expect(subject.connection.isIdle)
        #expect(subject.pipeline.accounted.count == 2)
        #expect(subject.client("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n") == .lingerClient)
    }

    @Test("an endless chunked body of a refused request is cut off")
    func discardLimit() {
        let subject = ScriptedConnection()
        subject.pipeline.verdict = .answer
        #expect(subject.client("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") == [])
        var actions: ProxyActions = []
        for _ in 0..<70 { actions.formUnion(subject.client("400\r\n" + String(repeating: "x", count: 1024) + "\r\n")) }
        #expect(actions == .lingerClient)
        #expect(subject.connection.isClosed)
    }

    @Test("an answer before the request's end is passed on; the upstream connection is not used again")
    func earlyAnswer() {
        let subject = ScriptedConnection()
        subject.client("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        subject.ready()
        #expect(subject.upstream("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n") == .dropUpstream)
        subject.client("67890")
        #expect(subject.connection.isIdle)
    }

    @Test("bytes after an answer spoil the upstream connection, not the next answer")
    func surplus() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        #expect(subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n") == .dropUpstream)
        #expect(subject.toClient.hasSuffix("\r\n\r\nok"))
    }

    @Test(
        "an upstream that speaks wrongly is a protocol violation",
        arguments: [
            "garbage", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\nX: y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 099 No\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        ])
    func violations(answer: String) {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        #expect(subject.upstream(answer) == .dropUpstream)
        #expect(subject.pipeline.failures == [.protocolViolation])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
        #expect(subject.toClient.hasSuffix("\r\n\r\n101506"))
    }

    @Test("a kept connection that the upstream closed is replaced once, unseen by client and pipeline")
    func staleConnection() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready(isReused: true)
        #expect(subject.fails(.closed) == [.acquireUpstream, .dropUpstream])
        #expect(subject.connection.wantsFreshUpstream)
        subject.ready()
        #expect(subject.fails(.closed) == .dropUpstream)
        #expect(subject.pipeline.failures == [.closed])
    }

    @Test(
        "what may have been done is not done twice",
        arguments: [
            ("POST", "", false), ("GET", "", true), ("DELETE", "", true), ("PUT", "ab", false),
        ])
    func repeats(method: String, body: String, canRepeat: Bool) {
        let subject = ScriptedConnection()
        subject.client("\(method) / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        subject.ready()
        subject.fails(.closed)
        #expect(subject.pipeline.repeatable == [canRepeat])
    }

    @Test("a request whose upstream cannot be reached goes to the next one, body and all")
    func failover() {
        let subject = ScriptedConnection()
        subject.pipeline.upstreams.append(ScriptedConnection.upstream("second", prefix: "", pool: 1))
        subject.client("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        #expect(subject.fails(.connectFailed) == [.acquireUpstream, .dropUpstream])
        #expect(subject.connection.exchange.attempts == 2)
        subject.ready()
        #expect(subject.toUpstream == "POST /a HTTP/1.1\r\nHost: second:80\r\nContent-Length: 2\r\n\r\nhi")
    }

    @Test("an upstream that breaks off inside its answer ends the client's connection without a false end")
    func truncated() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe")
        #expect(subject.fails(.closed) == [.dropUpstream, .closeClient])
        #expect(!subject.toClient.hasSuffix("0\r\n\r\n"))
        #expect(subject.pipeline.accounted.map(\.errorCode) == [101_505])
    }

    @Test("a broken request body is refused and the upstream's part thrown away")
    func brokenBody() {
        let subject = ScriptedConnection()
        subject.client("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        subject.ready()
        #expect(subject.client("5\nhello") == [.dropUpstream, .lingerClient])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test("each wait has its end")
    func deadlines() {
        let idle = ScriptedConnection()
        #expect(idle.expire() == .closeClient)
        #expect(idle.toClient.isEmpty)

        let head = ScriptedConnection()
        head.client("GET / HT")
        #expect(head.expire() == .lingerClient)
        #expect(head.toClient.hasPrefix("HTTP/1.1 408 "))

        let body = ScriptedConnection()
        body.client("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123")
        body.ready()
        #expect(body.expire() == [.dropUpstream, .lingerClient])
        #expect(body.toClient.hasPrefix("HTTP/1.1 408 "))

        let upstream = ScriptedConnection()
        upstream.client(get)
        upstream.ready()
        #expect(upstream.expire() == .dropUpstream)
        #expect(upstream.pipeline.failures == [.timedOut])
        #expect(upstream.connection.isIdle)
    }

    @Test("a client that goes away takes its upstream exchange with it")
    func clientGone() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        #expect(subject.connection.clientClosed(at: subject.now) == .dropUpstream)
        #expect(subject.pipeline.accounted.count == 1)
        #expect(subject.upstream("HTTP/1.1 200 OK\r\n\r\n") == [])
        #expect(subject.connection.clientClosed(at: subject.now) == [])
    }

    @Test("a request that ends without its whole answer is accounted for with the time that it took")
    func durationOfUnfinished() {
        let gone = ScriptedConnection()
        let truncated = ScriptedConnection()
        let unread = ScriptedConnection()
        for subject in [gone, truncated] {
            subject.client(get)
            subject.ready()
            subject.milliseconds += 700
            subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
            subject.milliseconds += 800
        }
        gone.close()
        truncated.fails(.closed)
        unread.client("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        unread.ready()
        unread.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        unread.milliseconds += 1500
        unread.client("zz\r\n")
        for subject in [gone, truncated, unread] { #expect(subject.pipeline.milliseconds == [1500]) }
    }

    @Test("while the gateway stops, answers close their connections")
    func draining() {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        subject.context.isDraining = true
        #expect(subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == [.releaseUpstream, .closeClient])
        #expect(subject.toClient.contains("Connection: close\r\n"))
    }

    @Test(
        "a bad head is refused with its status and closes",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
            ("GET /\(String(repeating: "a", count: 9000))", 414),
        ])
    func badHeads(text: String, status: Int) {
        let subject = ScriptedConnection()
        #expect(subject.client(text + get) == .lingerClient)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 \(status) "))
        #expect(subject.toClient.contains("Content-Length: 0\r\nConnection: close\r\n\r\n"))
        #expect(subject.held.isEmpty)
    }

    @Test("the gateway's answers carry exact framing and a date")
    func gatewayAnswer() {
        let subject = ScriptedConnection()
        subject.showsDates = true
        subject.pipeline.verdict = .answer
        subject.client(get)
        #expect(
            subject.toClient
                == "HTTP/1.1 403 Forbidden\r\nDate: Tue, 14 Nov 2023 22:30:00 GMT\r\nContent-Length: 4\r\n\r\nbody")
        subject.toClient = ""
        subject.client("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(subject.toClient.hasSuffix("Content-Length: 4\r\n\r\n"))
    }
}
