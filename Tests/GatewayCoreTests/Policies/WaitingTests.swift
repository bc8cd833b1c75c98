import Model
import Testing

@testable import GatewayCore

@Suite("Requests that wait")
struct WaitingTests {
    private func waiting(
        timeout: Int64 = 2000, _ work: @escaping @Sendable () async throws -> String = { "yes" }
    ) -> ScriptedPolicy {
        ScriptedPolicy { visit in
            .waits(
                Errand("the oracle", timeoutMilliseconds: timeout, work: work) { result in
                    switch result {
                    case .success("no"):
                        .refused(Refusal(code: 900_999, status: 403, message: "Refused", description: "The oracle says no"))
                    case .success: .next
                    case .failure(let error): .refused(.errandFailed("the oracle", error))
                    }
                })
        }
    }

    private func scene(_ policy: ScriptedPolicy, limits: WireLimits = WireLimits()) -> ScriptedConnection {
        let after = ScriptedPolicy { visit in
            FieldName("X-After").map { visit.request?.set($0, to: Array("1".utf8)) }
            return .next
        }
        let flows = GatewayPolicyFlows(request: PolicyScene.uses("wait", "after"))
        return PolicyScene(["wait": policy, "after": after], own: flows, limits: limits).connection
    }

    @Test("a request waits for its errand and goes on with the policy after it")
    func goesOn() async {
        let subject = scene(waiting())
        #expect(subject.client(PolicyScene.request("GET")) == .runErrand)
        #expect(subject.context.allowance.parkedRequests.inUse == 1)
        #expect(await subject.runErrand() == .acquireUpstream)
        #expect(subject.context.allowance.parkedRequests.inUse == 0)
        subject.ready()
        #expect(
            subject.toUpstream == "GET /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\nX-After: 1\r\n\r\n")
    }

    @Test("what comes from the client while its request waits is kept for later")
    func keepsBytes() async {
        let subject = scene(waiting())
        subject.client(PolicyScene.request("POST", "/open/a", "Content-Length: 2", body: "ab"))
        #expect(subject.held == Array("ab".utf8))
        await subject.runErrand()
        subject.ready()
        #expect(subject.toUpstream.hasSuffix("X-After: 1\r\nContent-Length: 2\r\n\r\nab"))
    }

    @Test("the errand's result can refuse the request")
    func refuses() async {
        let subject = scene(waiting { "no" })
        subject.client(PolicyScene.request("GET"))
        #expect(await subject.runErrand() == [])
        #expect(subject.toClient.contains("403 Forbidden") && subject.toClient.contains("The oracle says no"))
        #expect(subject.connection.isIdle)
    }

    @Test("work that throws is told from work that answers")
    func fails() async {
        struct Broken: Error {}
        let subject = scene(waiting { throw Broken() })
        subject.client(PolicyScene.request("GET"))
        await subject.runErrand()
        #expect(subject.toClient.hasPrefix("HTTP/1.1 502 ") && subject.toClient.contains("No answer from the oracle"))
        #expect(subject.connection.exchange.errorCode == 401_001)
    }

    @Test("an errand that takes too long is cancelled and the request refused")
    func expires() async {
        let subject = scene(waiting(timeout: 700))
        let start = subject.milliseconds
        subject.client(PolicyScene.request("GET"))
        let late = subject.connection.errandNumber
        #expect(subject.expire() == .cancelErrand)
        #expect(subject.milliseconds == start + 700)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 504 ") && subject.toClient.contains("Timed out waiting for the oracle"))
        let result = await waitingResult()
        #expect(subject.connection.errandEnded(result, number: late, at: subject.now) == [])
        #expect(subject.context.allowance.parkedRequests.inUse == 0)
    }

    private func waitingResult() async -> ErrandResult {
        await Errand("x", timeoutMilliseconds: 1, work: { "yes" }, resume: { (_: Result<String, any Error>) in .next }).work()
    }

    @Test("the late result of one request does not move the next one of the connection")
    func tellsErrandsApart() async {
        let subject = scene(waiting())
        subject.client(PolicyScene.request("GET"))
        let late = subject.connection.errandNumber
        subject.expire()
        #expect(subject.client(PolicyScene.request("GET")) == .runErrand)
        #expect(await subject.runErrand(number: late) == [])
        #expect(subject.context.allowance.parkedRequests.inUse == 1)
        #expect(await subject.runErrand() == .acquireUpstream)
    }

    @Test("the errand is cancelled when the client goes")
    func cancels() {
        let subject = scene(waiting())
        subject.client(PolicyScene.request("GET"))
        #expect(subject.close() == [.dropUpstream, .cancelErrand])
        #expect(subject.context.allowance.parkedRequests.inUse == 0)
        #expect(subject.connection.exchange.errand == nil)
    }

    @Test("no more than the limit of requests wait")
    func bounded() {
        var limits = WireLimits()
        limits.parkedRequests = 0
        let subject = scene(waiting(), limits: limits)
        #expect(subject.client(PolicyScene.request("GET")) == [])
        #expect(subject.toClient.hasPrefix("HTTP/1.1 503 ") && subject.toClient.contains("Too many requests wait"))
    }

    @Test("an answer of the upstream that waits is collected first")
    func responses() async {
        let flows = GatewayPolicyFlows(response: PolicyScene.uses("wait"))
        let subject = PolicyScene(["wait": waiting()], own: flows).connection
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        #expect(subject.upstream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n") == [])
        #expect(subject.upstream("0\r\n\r\n") == [.runErrand, .releaseUpstream])
        #expect(subject.toClient.isEmpty)
        #expect(await subject.runErrand() == [])
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nactivityid: 1\r\nContent-Length: 3\r\n\r\nabc")
        #expect(subject.connection.isIdle)
    }
}
