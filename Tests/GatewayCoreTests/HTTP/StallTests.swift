import Testing

@testable import GatewayCore

struct StallTests {
    private let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    private func blockedInAnswer() -> ScriptedConnection {
        let subject = ScriptedConnection()
        subject.client(get)
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        subject.connection.clientTakes(false, at: subject.now)
        return subject
    }

    @Test("a client that takes nothing of its answer is given up, and the upstream is not blamed")
    func givesUp() {
        let subject = blockedInAnswer()
        #expect(subject.connection.isClientBlocked)
        #expect(subject.expire() == [.dropUpstream, .abortClient])
        #expect(subject.pipeline.failures.isEmpty)
        #expect(subject.pipeline.accounted.map(\.errorCode) == [101_000])
        #expect(subject.connection.isClosed)
    }

    @Test("whatever a client takes gives it new time")
    func renews() {
        let subject = blockedInAnswer()
        let before = subject.connection.wakeUp
        subject.milliseconds += 500
        subject.connection.clientTakes(false, at: subject.now)
        #expect(subject.connection.wakeUp == before + 500)
    }

    @Test("when the client takes all again, the upstream has its whole time")
    func resumes() {
        let subject = blockedInAnswer()
        subject.milliseconds += 30_000
        subject.connection.clientTakes(true, at: subject.now)
        #expect(!subject.connection.isClientBlocked)
        // A second, as the upstream's timeout says.
        #expect(subject.connection.wakeUp == Int64(subject.milliseconds) + 1000)
        #expect(subject.expire() == [.dropUpstream, .closeClient])
        #expect(subject.pipeline.accounted.map(\.errorCode) == [101_504])
    }

    @Test("after the last answer a client that takes nothing is given up without a second account")
    func givesUpAfterwards() {
        let subject = ScriptedConnection()
        subject.pipeline.verdict = .answer
        subject.client("GET / HTTP/1.0\r\n\r\n")
        subject.connection.clientTakes(false, at: subject.now)
        #expect(subject.expire() == .abortClient)
        #expect(subject.pipeline.accounted.count == 1)
    }

    @Test("an answer that ends with its connection and breaks off is aborted, not ended", arguments: ["1.0", "1.1"])
    func abortsUnframed(clientVersion: String) {
        let subject = ScriptedConnection()
        subject.client("GET / HTTP/\(clientVersion)\r\nHost: x\r\n\r\n")
        subject.ready()
        let framing = clientVersion == "1.0" ? "Transfer-Encoding: chunked\r\n\r\n5\r\nabc" : "\r\nabc"
        subject.upstream("HTTP/1.1 200 OK\r\n" + framing)
        #expect(subject.fails(.receiveFailed) == [.dropUpstream, .abortClient])
    }
}
