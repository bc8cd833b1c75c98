import Testing

@testable import GatewayCore

@Suite("Requests that upstreams have given back")
struct RefusedRequestTests {
    private let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"

    @Test("they go once over another connection, and then to other endpoints")
    func repeats() {
        let subject = ScriptedConnection()
        subject.pipeline.upstreams = [ScriptedConnection.upstream(), ScriptedConnection.upstream("other")]
        subject.client(post)
        subject.ready(isReused: true)
        #expect(subject.refuses() == [.acquireUpstream, .dropUpstream])
        #expect(subject.connection.wantsFreshUpstream && subject.connection.exchange.attempts == 1)
        subject.ready()
        #expect(subject.refuses() == [.acquireUpstream, .dropUpstream])
        #expect(subject.pipeline.failures == [.closed] && subject.pipeline.repeatable == [true])
        subject.ready()
        #expect(subject.toUpstream.contains("Host: other:80"))
        subject.client("hi")
        #expect(subject.toUpstream.hasSuffix("\r\n\r\nhi"))
        #expect(subject.refuses() == .dropUpstream)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 500 "))
        #expect(subject.pipeline.repeatable == [true, false])
    }

    @Test("one that an answer has begun for is not sent again")
    func keepsAnswers() {
        let subject = ScriptedConnection()
        subject.client("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        subject.ready()
        subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
        #expect(subject.refuses() == [.dropUpstream, .closeClient])
    }

    @Test("one that was never sent goes to a new connection")
    func repeatsUnsent() {
        let subject = ScriptedConnection()
        subject.client(post)
        #expect(subject.refuses() == [.acquireUpstream, .dropUpstream])
    }
}
