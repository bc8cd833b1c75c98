import GatewayCore
import Model
import Testing

@testable import GatewayPolicies

@Suite("Requests and answers against the API's definition")
struct SchemaValidationTests {
    private static let definition = """
        {"openapi": "3.0.1", "paths": {"/orders/{id}": {
          "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer"}}],
          "get": {
            "parameters": [{"name": "X-Season", "in": "header", "schema": {"enum": ["spring"]}}, {"name": "apikey", "in": "query", "required": true}],
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "object", "required": ["dish"]}}}}}},
          "put": {"requestBody": {"required": true, "content": {"application/json": {"schema": {
            "type": "object", "properties": {"dish": {"type": "string"}}}}}}, "responses": {}}}}}
        """

    private func bench(_ flows: GatewayPolicyFlows = GatewayPolicyFlows(), _ definition: String = definition) -> PolicyBench {
        PolicyBench(flows, api: { $0.validatedDefinition = definition })
    }

    @Test("requests that keep to it pass")
    func good() async {
        let get = bench()
        await get.send("GET", "/orders/5?more=1", ["x-season: spring"])
        #expect(get.toUpstream.hasPrefix("GET /base/orders/5?more=1 "))
        let put = bench()
        await put.send("PUT", "/orders/5", ["Content-Type: application/json"], body: #"{"dish":"pizza"}"#.bytes)
        #expect(put.sentBody == #"{"dish":"pizza"}"#)
        // What it says nothing of is not checked.
        let post = bench()
        await post.send("POST", "/orders/x", [], body: "x".bytes)
        #expect(post.toUpstream.hasPrefix("POST "))
    }

    @Test(
        "requests that break it never reach the backend",
        arguments: [
            ("GET", "/orders/five", [], "", "the path parameter 'id' must be an integer, not a string"),
            ("GET", "/orders/5", ["X-Season: winter"], "", "the header parameter 'X-Season' must be one of \\\"spring\\\""),
            (
                "PUT", "/orders/5", ["Content-Type: application/json"], #"{"dish":1}"#,
                "the body: 'dish' must be a string, not a number"
            ),
            (
                "PUT", "/orders/5", ["Content-Type: application/json"], #"{"dish":"pizza","d\u0069sh":1}"#,
                "the body: line 1, column 17: the object has 'dish' already"
            ),
            (
                "PUT", "/orders/5", ["Content-Type: application/json"], #"{"sides":[{"a":1,"b":{"a":2},"a":1}]}"#,
                "the body: line 1, column 30: the object has 'a' already"
            ),
            ("PUT", "/orders/5", ["Content-Type: application/json"], "", "the body is required"),
            (
                "PUT", "/orders/5", ["Content-Type: text/plain"], "x",
                "the content type text/plain is not expected; one of application/json is"
            ),
            ("PUT", "/orders/5", [], "", "the body is required"),
        ])
    func bad(_ verb: String, _ path: String, _ fields: [String], _ body: String, _ finding: String) async {
        let bench = bench()
        await bench.send(verb, path, fields, body: body.bytes)
        #expect(bench.status == "400" && bench.toUpstream.isEmpty)
        #expect(bench.answeredBody.contains(#""message":"Bad Request""#))
        #expect(bench.answeredBody.contains("Schema validation failed in the Request: \(finding), \""))
    }

    @Test("answers that break it do not reach the client, those that keep to it do")
    func answers() async {
        let good = bench()
        await good.send("GET")
        await good.answer("200 OK\r\nContent-Type: application/json", body: #"{"dish":"pizza"}"#.bytes)
        #expect(good.status == "200" && good.answeredBody == #"{"dish":"pizza"}"#)
        let bad = bench()
        await bad.send("GET")
        await bad.answer("200 OK\r\nContent-Type: application/json", body: "{}".bytes)
        #expect(bad.status == "500" && bad.answeredBody.contains("Bad Response"))
        #expect(bad.answeredBody.contains("Schema validation failed in the Response: the body: 'dish' is required, "))
        let twice = bench()
        await twice.send("GET")
        await twice.answer("200 OK\r\nContent-Type: application/json", body: #"{"dish":1,"dish":2}"#.bytes)
        #expect(twice.status == "500" && twice.answeredBody.contains("the object has 'dish' already"))
        let other = bench()
        await other.send("GET")
        await other.answer("200 OK\r\nContent-Type: text/html", body: "<p>".bytes)
        #expect(other.status == "500" && other.answeredBody.contains("the content type text/html is not expected"))
        let failure = bench()
        await failure.send("GET")
        await failure.answer("503 Service Unavailable\r\nContent-Type: text/html", body: "<p>".bytes)
        #expect(failure.status == "503")
    }

    @Test("the check sees requests before policies change them")
    func order() async {
        let flows = GatewayPolicyFlows(request: [
            PolicyBench.use("addHeader", "v2", ["headerName": "X-Season", "headerValue": "winter"])
        ])
        let bench = bench(flows)
        await bench.send("GET", "/orders/5", ["X-Season: spring"])
        #expect(PolicyBench.value("X-Season", in: bench.toUpstream) == "winter")
    }

    @Test("a definition that cannot be used lets nothing pass")
    func unusable() async {
        let bench = bench(GatewayPolicyFlows(), "{")
        await bench.send("GET")
        #expect(bench.status == "500" && bench.toUpstream.isEmpty)
    }

    @Test("large bodies are checked elsewhere than on the loop")
    func large() async {
        let bench = bench()
        let dish = String(repeating: "x", count: 100_000)
        await bench.send("PUT", "/orders/5", ["Content-Type: application/json"], body: #"{"dish":"\#(dish)"}"#.bytes)
        #expect(bench.sentBody.utf8.count == dish.utf8.count + 11)
    }
}
