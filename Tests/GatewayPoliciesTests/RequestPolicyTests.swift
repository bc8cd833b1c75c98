import GatewayCore
import Model
import Testing

@testable import GatewayPolicies

@Suite("Policies of requests")
struct RequestPolicyTests {
    @Test("addHeader and removeHeader change fields in both directions")
    func headers() async {
        let uses = [
            PolicyBench.use("addHeader", "v2", ["headerName": "X-New", "headerValue": "a b"]),
            PolicyBench.use("removeHeader", "v1", ["headerName": "x-old"]),
        ]
        let bench = PolicyBench(GatewayPolicyFlows(request: uses, response: uses, fault: uses))
        await bench.send("GET", "/orders/5", ["X-Old: 1", "X-New: 2"])
        #expect(PolicyBench.value("X-New", in: bench.toUpstream) == "a b")
        #expect(PolicyBench.value("X-Old", in: bench.toUpstream) == nil)
        await bench.answer("200 OK\r\nX-OLD: 3", body: "ok".bytes)
        #expect(PolicyBench.value("X-New", in: bench.toClient) == "a b")
        #expect(PolicyBench.value("X-Old", in: bench.toClient) == nil)
    }

    @Test("addHeader changes refusals too")
    func faultHeader() async {
        let use = PolicyBench.use("addHeader", "v2", ["headerName": "X-New", "headerValue": "1"])
        let bench = PolicyBench(GatewayPolicyFlows(fault: [use]))
        await bench.send("GET")
        await bench.fail(.connectFailed)
        #expect(bench.status == "500" && PolicyBench.value("X-New", in: bench.toClient) == "1")
    }

    @Test(
        "addQueryParam appends to whatever query there is",
        arguments: [("", "?k%20y=%C3%BC%26b"), ("?", "?k%20y=%C3%BC%26b"), ("?a=1", "?a=1&k%20y=%C3%BC%26b")])
    func query(given: String, expected: String) async {
        let bench = PolicyBench.request(PolicyBench.use("addQueryParam", "v1", ["paramKey": "k y", "paramValue": "ü&b"]))
        await bench.send("GET", "/orders/5" + given)
        #expect(bench.toUpstream.hasPrefix("GET /base/orders/5\(expected) HTTP/1.1\r\n"))
    }

    @Test("changeHTTPMethod calls the backend with another method")
    func method() async {
        let bench = PolicyBench.request(PolicyBench.use("changeHTTPMethod", "v1", ["httpMethod": "PATCH"]))
        await bench.send("POST", body: "{}".bytes)
        #expect(bench.toUpstream.hasPrefix("PATCH /base/orders/5 HTTP/1.1\r\n") && bench.sentBody == "{}")
    }

    @Test(
        "rewriteResourcePath calls another path, with variables of the resource's path",
        arguments: [
            ("/all", "true", "/all?q=1"), ("all", "false", "/all"), ("/v2/{id}/items", "true", "/v2/5/items?q=1"),
            ("/{uri.var.id}", "", "/5?q=1"), ("/{unknown}/x", "false", "//x"),
            ("/all?v=2", "true", "/all?v=2&q=1"), ("/all?v=2&w=3", "false", "/all?v=2&w=3"),
        ])
    func path(new: String, keeps: String, expected: String) async {
        let bench = PolicyBench.request(
            PolicyBench.use("rewriteResourcePath", "v3", ["newResourcePath": new, "includeQueryParams": keeps]))
        await bench.send("GET", "/orders/5?q=1")
        #expect(bench.toUpstream.hasPrefix("GET /base\(expected) HTTP/1.1\r\n"))
    }

    @Test("setToHeader sends the request elsewhere")
    func destination() async {
        let bench = PolicyBench.request(PolicyBench.use("setToHeader", "v1", ["value": "https://other.example:8443/root/"]))
        await bench.send("GET")
        #expect(bench.upstreamAddress == "other.example:8443")
        #expect(bench.toUpstream.hasPrefix("GET /root/orders/5 HTTP/1.1\r\nHost: other.example:8443\r\n"))
    }

    @Test(
        "addresses that may be no endpoints are refused, and so is nonsense",
        arguments: ["http://169.254.169.254/latest", "ftp://x", "nothing", ""])
    func badDestination(url: String) async {
        let bench = PolicyBench.request(PolicyBench.use("setToHeader", "v1", ["value": url]))
        await bench.send("GET")
        #expect(bench.status == "500" && bench.toClient.contains("setToHeader v1 cannot run"))
    }

    @Test("preserveAcceptHeader keeps Accept from the backend, applyAcceptHeader gives the body its form")
    func accept() async {
        let bench = PolicyBench.request(PolicyBench.use("preserveAcceptHeader"), PolicyBench.use("applyAcceptHeader"))
        await bench.send(
            "POST", "/orders/5", ["Accept: application/xml;q=0.9, */*", "Content-Type: application/json"],
            body: #"{"a":1}"#.bytes)
        #expect(PolicyBench.value("Accept", in: bench.toUpstream) == nil)
        #expect(PolicyBench.value("Content-Type", in: bench.toUpstream) == "application/xml")
        #expect(bench.sentBody == "<jsonObject><a>1</a></jsonObject>")
    }

    @Test("disableChunking sends a length in place of chunks")
    func chunking() async {
        let bench = PolicyBench.request(PolicyBench.use("disableChunking"))
        await bench.send("POST", body: "hello".bytes, isChunked: true)
        #expect(PolicyBench.value("Content-Length", in: bench.toUpstream) == "5" && bench.sentBody == "hello")
        #expect(PolicyBench.value("Transfer-Encoding", in: bench.toUpstream) == nil)
    }

    @Test("policies that are unknown, of another version or without their parameters refuse every request")
    func unusable() async {
        for use in [
            PolicyBench.use("nothing"), PolicyBench.use("addHeader", "v1", ["headerName": "a", "headerValue": "b"]),
            PolicyBench.use("addHeader", "v2", ["headerName": "a"]),
            PolicyBench.use("addHeader", "v2", ["headerName": "a b", "headerValue": "c"]),
            PolicyBench.use("changeHTTPMethod", "v1", ["httpMethod": "BREW"]),
            PolicyBench.use("jsonValidator", "v1", ["maxKeyLength": "many"]),
            PolicyBench.use(
                "jwtClaimBasedAccessValidator", "v1",
                [
                    "accessVerificationClaim": "a", "accessVerificationClaimValue": "b",
                    "accessVerificationClaimValueRegex": "(",
                ]),
        ] {
            let bench = PolicyBench.request(use)
            await bench.send("GET")
            #expect(bench.status == "500", "\(use)")
            #expect(bench.toClient.contains("cannot run"))
        }
    }
}
