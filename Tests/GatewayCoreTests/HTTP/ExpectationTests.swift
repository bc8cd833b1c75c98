import Testing

@testable import GatewayCore

@Suite("Clients that wait to be told to send their body")
struct ExpectationTests {
    private let put = "PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    private let invitation = "HTTP/1.1 100 Continue\r\n\r\n"

    @Test("the gateway tells the client if the upstream does not, and the body then has its usual time")
    func invites() {
        let subject = ScriptedConnection()
        subject.client(put)
        subject.ready()
        let start = subject.milliseconds
        #expect(subject.expire() == [])
        #expect(subject.milliseconds == start + 1000)
        #expect(subject.toClient == invitation)
        #expect(subject.connection.wakeUp == Int64(subject.milliseconds) + 60_000)
        subject.client("hi")
        #expect(subject.toUpstream.hasSuffix("hi"))
        #expect(subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == .releaseUpstream)
        #expect(subject.toClient.hasPrefix(invitation + "HTTP/1.1 200 OK"))
        #expect(subject.connection.isIdle)
    }

    @Test("the client is told once, whoever is first")
    func invitesOnce() {
        let subject = ScriptedConnection()
        subject.client(put)
        subject.ready()
        subject.expire()
        subject.upstream(invitation)
        #expect(subject.toClient == invitation)
    }

    @Test("an upstream that has told gives the body its usual time")
    func extendsTime() {
        let subject = ScriptedConnection()
        subject.client(put)
        subject.ready()
        subject.upstream(invitation)
        #expect(subject.connection.wakeUp == Int64(subject.milliseconds) + 60_000)
        subject.expire()
        #expect(subject.toClient.hasPrefix(invitation + "HTTP/1.1 408 "))
    }

    @Test("a client that sends without waiting is not told by the gateway")
    func leavesOthersAlone() {
        let subject = ScriptedConnection()
        subject.client(put + "h")
        subject.ready()
        #expect(subject.connection.wakeUp == Int64(subject.milliseconds) + 60_000)
        subject.client("i")
        #expect(subject.toClient.isEmpty)
    }

    @Test("another interim answer is no invitation: an early answer then still ends the connection")
    func tellsInterimAnswersApart() {
        let subject = ScriptedConnection()
        subject.client(put)
        subject.ready()
        subject.upstream("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n")
        #expect(
            subject.upstream("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
                == [.dropUpstream, .lingerClient])
        #expect(subject.toClient.contains("Connection: close\r\n"))
    }
}
