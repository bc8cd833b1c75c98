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

    @Test("a mock without a final answer says so")
    func nothing() async {
        let bench = bench([.init(status: 100, mediaType: "", body: "")])
        await bench.send("GET")
        #expect(bench.status == "500" && bench.answeredBody.contains("has no answer"))
    }
}
