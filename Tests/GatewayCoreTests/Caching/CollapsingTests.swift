import Testing

@testable import GatewayCore

@Suite("Equal requests at the same time")
struct CollapsingTests {
    private func request(_ verb: String = "GET", _ fields: String...) -> String {
        "\(verb) /pizza/1.0.0/open/a HTTP/1.1\r\nHost: x\r\nactivityid: 1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// A gateway whose upstream has one request of a client, and another client.
    private func scene(_ cache: ResponseCache = ResponseCache()) -> (
        CacheScene, first: ScriptedConnection, second: ScriptedConnection
    ) {
        let scene = CacheScene(cache: cache)
        #expect(scene.subject.client(request()) == .acquireUpstream)
        scene.subject.ready()
        return (scene, scene.subject, scene.another())
    }

    @Test("one asks the upstream, and the others wait and get what it gets")
    func shares() async {
        let (scene, first, second) = scene()
        let third = scene.another()
        #expect(second.client(request()) == .runErrand)
        #expect(third.client(request()) == .runErrand)
        #expect(first.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") == .releaseUpstream)
        for other in [second, third] {
            #expect(await other.runErrand() == [])
            #expect(other.toClient.contains("\r\nAge: 0\r\n") && other.toClient.hasSuffix("\r\n\r\nhello"))
            #expect(other.connection.isIdle && other.toUpstream.isEmpty)
        }
        #expect(scene.cache.collapsed.count == 0)
    }

    @Test("those who wait for an answer that turns out to be one client's own go on when its head is there")
    func leavesPrivate() async {
        let (scene, first, second) = scene()
        second.client(request())
        first.upstream("HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Length: 5\r\n\r\nhe")
        #expect(await second.runErrand() == .acquireUpstream)
        // Nobody waits in vain for the next of its kind, for a while.
        let third = scene.another()
        #expect(third.client(request()) == .acquireUpstream)
        #expect(scene.another().client(request()) == .acquireUpstream)
        scene.wait(seconds: 11)
        let later = scene.another(), last = scene.another()
        for connection in [later, last] { connection.milliseconds = first.milliseconds + 11_000 }
        #expect(later.client(request()) == .acquireUpstream)
        #expect(last.client(request()) == .runErrand)
    }

    @Test("an answer that gets too long to be kept is waited for no longer")
    func leavesLong() async {
        let (_, first, second) = scene(ResponseCache(longestBody: 10))
        second.client(request())
        first.upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n")
        #expect(await second.runErrand() == .acquireUpstream)
    }

    @Test("the wait has a limit")
    func expires() {
        let (_, first, second) = scene()
        defer { withExtendedLifetime(first) {} }
        let start = second.milliseconds
        second.client(request())
        #expect(second.expire() == [.acquireUpstream, .cancelErrand])
        #expect(second.milliseconds == start + 5_000)
        second.ready()
        #expect(second.toUpstream.hasPrefix("GET /base/open/a HTTP/1.1\r\n"))
    }

    @Test("when the first one is gone, the next one asks the upstream, and new ones wait for that")
    func takesOver() async {
        let (scene, first, second) = scene()
        second.client(request())
        first.close()
        #expect(await second.runErrand() == .acquireUpstream)
        #expect(scene.another().client(request()) == .runErrand)
    }

    @Test("an error is not kept, and only one request at a time asks the upstream again")
    func protectsFailing() async {
        let (scene, first, second) = scene()
        second.client(request())
        first.upstream("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        #expect(await second.runErrand() == .acquireUpstream)
        #expect(scene.another().client(request()) == .runErrand)
    }

    @Test("an answer in another language is none: who waited for it asks for its own")
    func tellsVariants() async {
        let (_, first, second) = scene()
        second.client(request("GET", "Accept-Language: de"))
        first.upstream("HTTP/1.1 200 OK\r\nVary: Accept-Language\r\nContent-Length: 2\r\n\r\nen")
        #expect(await second.runErrand() == .acquireUpstream)
    }

    @Test("an old answer is asked about by one request only")
    func validatesOnce() async {
        let scene = CacheScene()
        scene.exchange("GET", "/open/a", [], ["ETag: \"1\"", "Cache-Control: max-age=1"])
        let first = scene.subject, second = scene.another()
        for connection in [first, second] { connection.milliseconds += 2_000 }
        first.toUpstream = ""
        first.client(request())
        first.ready()
        #expect(first.toUpstream.contains("If-None-Match: \"1\"\r\n"))
        #expect(second.client(request()) == .runErrand)
        first.upstream("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n")
        #expect(await second.runErrand() == [])
        #expect(second.toClient.hasSuffix("\r\n\r\nhello"))
    }

    @Test(
        "requests that want an answer of their own do not wait",
        arguments: ["Cache-Control: no-cache", "Cache-Control: no-store", "Range: bytes=0-1", "Cookie: a=b"])
    func leavesOthersAlone(_ field: String) {
        let (scene, first, second) = scene()
        #expect(second.client(request("GET", field)) == .acquireUpstream)
        #expect(scene.another().client(request()) == .runErrand)
        withExtendedLifetime(first) {}
    }

    @Test("nobody waits where the setting says so")
    func isOff() {
        let (_, first, second) = scene(ResponseCache(waitMilliseconds: 0))
        #expect(second.client(request()) == .acquireUpstream)
        withExtendedLifetime(first) {}
    }

    @Test("a wait that is cancelled ends")
    func cancels() async {
        let requests = CollapsedRequests()
        let key = CacheKey(target: .init(deployment: 1, backend: 0, isSandbox: false, path: []), caller: [])
        guard case .leads(let lead) = requests.turn(of: key, mayWait: true, nowMilliseconds: 0),
            case .follows(let wait) = requests.turn(of: key, mayWait: true, nowMilliseconds: 0)
        else {
            Issue.record("the second one waits for the first one")
            return
        }
        let task = Task { await wait.wait() }
        task.cancel()
        await task.value
        withExtendedLifetime(lead) {}
    }
}
