import Testing

@testable import GatewayCore

struct HandOverTests {
    private let upgrade = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    @Test(
        "a request for another protocol is handed over undecided, whole in whatever pieces it came",
        arguments: [1, 10, 1000], [true, false])
    func handsOver(step: Int, isHTTP2: Bool) {
        let subject = ScriptedConnection()
        subject.context.handsOver = true
        var decisions = 0
        subject.pipeline.prepare = { _, _ in decisions += 1 }
        let bytes = Array((isHTTP2 ? "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" : upgrade + "more").utf8)
        var actions: ProxyActions = []
        var fed = 0
        while actions.isEmpty, fed < bytes.count {
            let piece = bytes[fed..<min(fed + step, bytes.count)]
            actions = subject.client(String(decoding: piece, as: UTF8.self))
            fed += piece.count
        }
        #expect(actions == .handOver)
        #expect(subject.connection.takeHead() + subject.held + bytes[fed...] == bytes)
        #expect(decisions == 0)
        #expect(subject.toClient.isEmpty)
        #expect(subject.pipeline.accounted.isEmpty)
    }

    @Test("where nobody else can serve it, it is a request as any other")
    func servesItself() {
        let subject = ScriptedConnection()
        #expect(subject.client(upgrade) == .acquireUpstream)
        subject.ready()
        #expect(subject.toUpstream == "GET /v1/a HTTP/1.1\r\nHost: backend:80\r\n\r\n")
        let other = ScriptedConnection()
        #expect(other.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == .lingerClient)
        #expect(other.toClient.hasPrefix("HTTP/1.1 505 "))
    }

    @Test("a request that waits goes on in the context that it is moved to")
    func moves() {
        let first = ScriptedConnection()
        let second = ScriptedConnection()
        #expect(first.client("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n") == .acquireUpstream)
        first.connection.arrive(in: second.context)
        first.connection.upstreamReady(isReused: false, at: first.now)
        #expect(first.context.toUpstream.isEmpty)
        #expect(second.context.toUpstream.bytes.starts(with: "POST /v1/a HTTP/1.1\r\n".utf8))
        let step = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8).withUnsafeBytes {
            first.connection.upstreamBytes($0, at: first.now)
        }
        #expect(!step.actions.contains(.acquireUpstream))
        #expect(second.pipeline.accounted.map(\.status) == [200])
        #expect(first.pipeline.accounted.isEmpty)
    }
}
