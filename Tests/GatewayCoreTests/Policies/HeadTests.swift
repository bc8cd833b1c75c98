import Model
import Testing

@testable import GatewayCore

@Suite("Heads that policies change")
struct HeadTests {
    private func run(
        _ request: String, flows: GatewayPolicyFlows = GatewayPolicyFlows(request: PolicyScene.uses("edit")),
        _ edit: @escaping @Sendable (PolicyVisit) -> Void
    ) -> ScriptedConnection {
        let policy = ScriptedPolicy { visit in
            edit(visit)
            return .next
        }
        let subject = PolicyScene(["edit": policy], own: flows).connection
        subject.client(request)
        subject.ready()
        return subject
    }

    @Test("fields are set, added and removed without regard to case")
    func fields() throws {
        let name = try #require(FieldName("x-one"))
        let two = try #require(FieldName("X-Two"))
        let subject = run(PolicyScene.request("GET", "/open/a", "X-One: 1", "X-ONE: 2", "x-two: 3", "X-Three: 4")) { visit in
            #expect(visit.request?.values(of: name) == [Array("1".utf8), Array("2".utf8)])
            visit.request?.set(name, to: Array("new\r\nEvil: 1".utf8))
            visit.request?.remove(two)
            visit.request?.add(two, Array(" a ".utf8))
            visit.request?.add(two, Array("b".utf8))
        }
        #expect(
            subject.toUpstream
                == "GET /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\nX-One: new  Evil: 1\r\nX-Three: 4\r\n"
                + "X-Two: a\r\nX-Two: b\r\n\r\n")
    }

    @Test("credentials that stay with the gateway are hidden from policies")
    func credentials() throws {
        let name = try #require(FieldName("Authorization"))
        let subject = run(PolicyScene.request("GET", "/open/a?apikey=k&b=c", "Authorization: Bearer x")) { visit in
            #expect(visit.request?.value(of: name) == nil)
            visit.request?.set(name, to: Array("Basic eDp5".utf8))
        }
        #expect(subject.toUpstream.contains("Authorization: Basic eDp5\r\n"))
        #expect(!subject.toUpstream.contains("Bearer"))
    }

    @Test("method, path and query change towards the upstream only")
    func target() {
        let subject = run(PolicyScene.request("GET", "/open/a?b=c")) { visit in
            guard let draft = visit.request else { return }
            #expect(visit.exchange.upstreamPath(draft) == Array("/open/a".utf8))
            #expect(visit.exchange.upstreamQuery(draft) == Array("b=c".utf8))
            #expect(draft.setMethod("PATCH") && !draft.setMethod("A B"))
            visit.exchange.setUpstreamTarget(path: Array("/x y\r\n?#".utf8), query: Array("q=?#".utf8), draft)
        }
        #expect(subject.toUpstream.hasPrefix("PATCH /base/x%20y%0D%0A%3F%23?q=?%23 HTTP/1.1\r\n"))
        #expect(String(decoding: subject.context.pipeline.accessLog.take() ?? [], as: UTF8.self).isEmpty)
        subject.upstream("HTTP/1.1 204 No Content\r\n\r\n")
        let line = String(decoding: subject.context.pipeline.accessLog.take() ?? [], as: UTF8.self)
        #expect(line.contains("\"GET /pizza/1.0.0/open/a?b=c HTTP/1.1\" 204"))
    }

    @Test(
        "an upstream that is asked for a head instead sends no body, and the client gets an empty one",
        arguments: [true, false])
    func headInstead(watches: Bool) {
        let uses = PolicyScene.uses("edit")
        let flows = GatewayPolicyFlows(request: uses, response: watches ? uses : [])
        let subject = run(PolicyScene.request("GET"), flows: flows) { visit in visit.request?.setMethod("HEAD") }
        #expect(subject.toUpstream.hasPrefix("HEAD "))
        subject.upstream("HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 40\r\n\r\n")
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nX-One: 1\r\nactivityid: 1\r\nContent-Length: 0\r\n\r\n")
        #expect(subject.connection.isIdle)
    }

    @Test(
        "a body that the client does not want does not stay in the way of the upstream's next answer", arguments: [true, false])
    func bodyInstead(comesAtOnce: Bool) {
        let subject = run(PolicyScene.request("HEAD")) { visit in visit.request?.setMethod("GET") }
        #expect(subject.toUpstream.hasPrefix("GET "))
        let actions = subject.upstream("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + (comesAtOnce ? "abc" : ""))
        // Whoever got this connection next would take the body for an answer.
        #expect(actions.contains(.dropUpstream) && !actions.contains(.releaseUpstream))
        #expect(subject.toClient == "HTTP/1.1 200 OK\r\nactivityid: 1\r\nContent-Length: 3\r\n\r\n")
        #expect(subject.connection.isIdle)
    }

    @Test("a request without content says so when it becomes one that usually has some", arguments: ["POST", "PUT", "PATCH"])
    func contentInstead(method: String) {
        let subject = run(PolicyScene.request("GET")) { visit in visit.request?.setMethod(method) }
        #expect(
            subject.toUpstream
                == "\(method) /base/open/a HTTP/1.1\r\nHost: backend:9000\r\nactivityid: 1\r\nContent-Length: 0\r\n\r\n")
    }

    @Test("a request that policies made one that may change things is not sent twice")
    func changedIdempotence() {
        let subject = run(PolicyScene.request("GET")) { visit in visit.request?.setMethod("POST") }
        #expect(!subject.connection.isIdempotent)
    }

    @Test("the head of an answer is changed while its body streams")
    func answer() throws {
        let name = try #require(FieldName("Server"))
        let subject = run(PolicyScene.request("GET"), flows: GatewayPolicyFlows(response: PolicyScene.uses("edit"))) { visit in
            visit.response?.remove(name)
            visit.response?.setStatus(201)
        }
        subject.upstream("HTTP/1.1 200 Fine\r\nServer: s\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n")
        #expect(subject.toClient == "HTTP/1.1 201 Created\r\nactivityid: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n")
        #expect(subject.upstream("abc\r\n0\r\n\r\n") == .releaseUpstream)
        #expect(subject.connection.exchange.status == 201)
    }

    @Test("a status that allows no body takes it away, and one that allows it brings an empty one")
    func statusWithoutBody() {
        for (head, status, end) in [
            ("200 OK\r\nContent-Length: 3\r\n\r\nabc", 204, "HTTP/1.1 204 No Content\r\nactivityid: 1\r\n\r\n"),
            ("204 No Content\r\n\r\n", 200, "HTTP/1.1 200 OK\r\nactivityid: 1\r\nContent-Length: 0\r\n\r\n"),
        ] {
            let flows = GatewayPolicyFlows(response: PolicyScene.uses("edit"))
            let subject = run(PolicyScene.request("GET"), flows: flows) { $0.response?.setStatus(Int32(status)) }
            #expect(subject.upstream("HTTP/1.1 \(head)") == .dropUpstream)
            #expect(subject.toClient == end)
            #expect(subject.connection.isIdle)
        }
    }

    @Test("the API's policies come before the operation's, in each flow")
    func order() throws {
        let trace = try #require(FieldName("X-Trace"))
        let policies = Dictionary(
            uniqueKeysWithValues: ["a", "b", "c"].map { name in
                (
                    name,
                    ScriptedPolicy { visit in
                        if visit.flow == .request {
                            visit.request?.add(trace, Array(name.utf8))
                        } else {
                            visit.response?.add(trace, Array(name.utf8))
                        }
                        return .next
                    }
                )
            })
        let flows = GatewayPolicyFlows(request: PolicyScene.uses("b", "c"), response: PolicyScene.uses("c"))
        let outer = GatewayPolicyFlows(request: PolicyScene.uses("a"), response: PolicyScene.uses("a", "b"))
        let subject = PolicyScene(policies, own: flows, outer: outer).connection
        subject.client(PolicyScene.request("GET"))
        subject.ready()
        #expect(subject.toUpstream.hasSuffix("X-Trace: a\r\nX-Trace: b\r\nX-Trace: c\r\n\r\n"))
        subject.upstream("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(subject.toClient.hasSuffix("X-Trace: a\r\nX-Trace: b\r\nX-Trace: c\r\n\r\n"))
    }

    @Test("the gateway's own refusals go through the policies for faults")
    func fault() throws {
        let name = try #require(FieldName("X-Fault"))
        let policy = ScriptedPolicy { visit in
            #expect(visit.flow == .fault)
            visit.response?.set(name, to: Array("\(visit.exchange.errorCode)".utf8))
            visit.response?.setStatus(418)
            visit.body = Array("sorry".utf8)
            return .next
        }
        let subject = PolicyScene(["f": policy], own: GatewayPolicyFlows(fault: PolicyScene.uses("f"))).connection
        subject.client(PolicyScene.request("GET"))
        #expect(subject.fails(.connectFailed) == .dropUpstream)
        #expect(subject.toClient.hasPrefix("HTTP/1.1 418 "))
        #expect(subject.toClient.contains("\r\nX-Fault: 101503\r\n") && subject.toClient.contains("\r\nactivityid: 1\r\n"))
        #expect(subject.toClient.hasSuffix("Content-Length: 5\r\n\r\nsorry"))
        #expect(subject.connection.exchange.status == 418)
    }

    @Test("a gateway without policies refuses requests to APIs that have some")
    func noPolicies() {
        var builder = SnapshotBuilder(defaults: SnapshotDefaults(cors: nil))
        builder.apply([
            .put(.api(GatewayFixture.api { $0.policies = GatewayPolicyFlows(request: PolicyScene.uses("jsonValidator")) }))
        ])
        let subject = ScriptedConnection(pipeline: RequestPipeline(snapshot: builder.build()))
        subject.client(PolicyScene.request("GET"))
        #expect(subject.toClient.hasPrefix("HTTP/1.1 500 ") && subject.toClient.contains("jsonValidator v1 cannot run"))
    }
}
