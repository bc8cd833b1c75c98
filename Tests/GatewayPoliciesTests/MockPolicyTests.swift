import GatewayCore
import Model
import Testing

@testable import GatewayPolicies

@Suite("Mock answers")
struct MockPolicyTests {
    private func bench(_ responses: [GatewayMock.Response], _ flows: GatewayPolicyFlows = GatewayPolicyFlows()) -> PolicyBench {
        PolicyBench(
            flows,
            api: { api in
                api.production = nil
                api.endpointKind = .mock
                for index in api.operations.indices { api.operations[index].mock = GatewayMock(responses: responses) }
            })
    }

    private let responses: [GatewayMock.Response] = [
        .init(status: 200, mediaType: "application/json", body: #"{"a":1}"#, headers: ["X-Mock": "yes", "bad name": "x"]),
        .init(status: 200, mediaType: "application/xml; charset=utf-8", body: "<a/>"),
        .init(status: 404, mediaType: "", body: ""),
    ]

    @Test("the first answer counts, without any endpoint")
    func first() async {
        let bench = bench(responses)
        await bench.send("GET")
        #expect(bench.status == "200" && bench.answeredBody == #"{"a":1}"# && bench.toUpstream.isEmpty)
        #expect(PolicyBench.value("Content-Type", in: bench.toClient) == "application/json")
        #expect(PolicyBench.value("X-Mock", in: bench.toClient) == "yes" && !bench.toClient.contains("bad name"))
        #expect(PolicyBench.value("activityid", in: bench.toClient) == "r1")
    }

    @Test(
        "callers choose status and media type",
        arguments: [
            ("?responseCode=404", "", "404", ""), ("?responseCode=500", "", "200", #"{"a":1}"#),
            ("", "application/xml", "200", "<a/>"), ("", "text/html, application/*;q=0.5", "200", #"{"a":1}"#),
            ("", "application/json;q=0.2, application/xml;q=0.9", "200", "<a/>"), ("", "image/png", "200", #"{"a":1}"#),
            ("", "*/*", "200", #"{"a":1}"#), ("", "application/json;q=0, application/xml", "200", "<a/>"),
        ])
    func choice(_ query: String, _ accept: String, _ status: String, _ body: String) async {
        let bench = bench(responses)
        await bench.send("GET", "/orders/5" + query, accept.isEmpty ? [] : ["Accept: \(accept)"])
        #expect(bench.status == status && bench.answeredBody == body)
    }

    @Test("request policies run before, and the body of the request is read away")
    func policies() async {
        let script = "function on_request() if request.headers['x-no'] then refuse(418, 'no') end end"
        let flows = GatewayPolicyFlows(request: [PolicyBench.use("custom", script: script)])
        let refused = bench(responses, flows)
        await refused.send("POST", "/orders/5", ["X-No: 1"], body: "x".bytes)
        #expect(refused.status == "418")
        let answered = bench(responses, flows)
        await answered.send("POST", "/orders/5", [], body: "x".bytes)
        await answered.send("GET")
        #expect(answered.toClient.split(separator: "HTTP/1.1 200 OK").count == 2)
    }

    @Test("response policies change the answer, and may refuse it")
    func responsePolicies() async {
        let script = """
            function on_response()
              if response.status == 404 then refuse(410, "gone") end
              response.headers["X-Seen"] = json.decode(response.body).a
              response.body = "changed"
            end
            """
        let flows = GatewayPolicyFlows(response: [PolicyBench.use("custom", script: script)])
        let changed = bench(responses, flows)
        await changed.send("GET")
        #expect(changed.status == "200" && changed.answeredBody == "changed")
        #expect(PolicyBench.value("X-Seen", in: changed.toClient) == "1")
        #expect(PolicyBench.value("activityid", in: changed.toClient) == "r1")
        let refused = bench(responses, flows)
        await refused.send("GET", "/orders/5?responseCode=404")
        #expect(refused.status == "410" && refused.answeredBody.contains("gone"))
        #expect(PolicyBench.value("activityid", in: refused.toClient) == "r1")
    }

    @Test("response policies that work elsewhere change the answer, too")
    func large() async {
        let flows = GatewayPolicyFlows(response: [PolicyBench.use("jsonToXML")])
        let body = #"{"a":"\#(String(repeating: "x", count: 100_000))"}"#
        let bench = bench([.init(status: 200, mediaType: "application/json", body: body)], flows)
        await bench.send("GET")
        #expect(bench.status == "200" && bench.answeredBody.hasSuffix("xxx</a></jsonObject>"))
        #expect(PolicyBench.value("activityid", in: bench.toClient) == "r1")
        #expect(PolicyBench.value("Date", in: bench.toClient) != nil)
    }

    @Test("a mock without a final answer says so")
    func nothing() async {
        let bench = bench([.init(status: 100, mediaType: "", body: "")])
        await bench.send("GET")
        #expect(bench.status == "500" && bench.answeredBody.contains("has no answer"))
    }
}
