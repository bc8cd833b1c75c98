import ContractRouter
import ContractTesting
import Documents
import Model
import Testing

@Suite("Requests")
struct RequestTests {
    private static let base = "/api/am/publisher/v4"

    private func client(as user: String? = "admin", configuration: EngineConfiguration = EngineConfiguration()) throws
        -> TestClient
    {
        var client = try Fixture.client(as: user, configuration: configuration) { handlers in
            handlers.handle("publisher-v4", "getAllAPIs") { request in
                .ok([
                    "query": .object(request.query), "tenant": JSONValue(request.tenant.domain),
                    "path": JSONValue(request.path),
                ])
            }
            handlers.handle("publisher-v4", "updateAPI") { request in
                .ok(["expected": request.ifMatch.map { JSONValue($0) } ?? nil])
            }
            handlers.handle("publisher-v4", "getAPI") { request in
                .ok(["id": JSONValue(request.pathParameter("apiId"))], version: 5)
            }
            handlers.handle("devportal-v3", "getApis") { request in
                .ok(["tenant": JSONValue(request.tenant.domain), "who": JSONValue(request.principal?.username)])
            }
            handlers.route("GET", "/files/*") { request in .ok(["rest": JSONValue(request.pathParameter("*"))]) }
            handlers.route("GET", "/broken") { _ in throw Broken() }
            handlers.route("GET", "/mine", authentication: .user(scopes: ["apim:admin"])) { request in
                .ok(["who": JSONValue(request.principal?.username)])
            }
        }
        client.checksAnswers = false
        return client
    }

    private struct Broken: Error {}

    @Test("query values are coerced and defaults filled in")
    func query() async throws {
        let answer = try await client().get(Self.base + "/apis?limit=3&query=name%3Aa+b")
        #expect(answer.json["query"]?["limit"] == 3)
        #expect(answer.json["query"]?["offset"] == 0)
        #expect(answer.json["query"]?["query"]?.string == "name:a b")
    }

    @Test(
        "a hostile or wrong target is a 4xx",
        arguments: [
            (base + "/apis?limit=many", 400), (base + "/apis?limit=%zz", 400), (base + "/apis/%2e%2e/x", 400),
            (base + "/../apis", 400),
            (base + "/apis/%00", 400), (base + "/apis?query=%00", 400), (base + "/apis/%ff", 400), (base + "/nothing", 404),
            ("/", 200), ("nonsense", 400), ("/t/nowhere.org" + base + "/apis", 404), (base + "/apis?limit=1.5", 400),
        ])
    func targets(target: String, status: Int) async throws {
        let answer = try await client().get(target)
        #expect(answer.status == status)
        if status >= 400 { #expect(answer.json["code"]?.int != nil) }
    }

    @Test("an encoded slash stays inside of its parameter")
    func encodedSlash() async throws {
        #expect(try await client().get(Self.base + "/apis/a%2Fb").json["id"]?.string == "a/b")
    }

    @Test("the tenant comes from the path, from the header in the developer portal, or from the caller")
    func tenants() async throws {
        let own = try await client(as: "foreign").get("/t/example.com" + Self.base + "/apis")
        #expect(own.json["tenant"]?.string == "example.com")
        #expect(own.json["path"]?.string == Self.base + "/apis")
        #expect(try await client(as: "foreign").get(Self.base + "/apis").json["tenant"]?.string == "example.com")
        #expect(try await client().get("/t/example.com" + Self.base + "/apis").status == 404)
        #expect(try await client().get("/t/example.com/api/am/devportal/v3/apis").json["tenant"]?.string == "example.com")
        let header = [("X-WSO2-Tenant", "example.com")]
        #expect(
            try await client(as: nil).get("/api/am/devportal/v3/apis", headers: header).json["tenant"]?.string == "example.com")
        #expect(try await client().get(Self.base + "/apis", headers: header).json["tenant"]?.string == "carbon.super")
        let unknown = try await client(as: nil).get("/api/am/devportal/v3/apis", headers: [("X-WSO2-Tenant", "nowhere.org")])
        #expect(unknown.status == 404)
    }

    @Test("a credential is checked even where none is needed")
    func anonymous() async throws {
        #expect(try await client(as: nil).get("/api/am/devportal/v3/apis").status == 200)
        #expect(try await client().get("/api/am/devportal/v3/apis").json["who"]?.string == "admin")
        let wrong = try await client(as: "stranger").get("/api/am/devportal/v3/apis")
        #expect(wrong.status == 401)
        #expect(wrong.header("www-authenticate")?.contains("invalid_token") == true)
    }

    @Test("plain routes can ask for a user with a scope")
    func plain() async throws {
        #expect(try await client().get("/mine").json["who"]?.string == "admin")
        #expect(try await client(as: "viewer").get("/mine").status == 403)
        #expect(try await client(as: nil).get("/mine").status == 401)
        #expect(try await client().get("/files/a/b.css").json["rest"]?.string == "a/b.css")
    }

    @Test("If-Match reaches the handler as the expected version; a tag that is none of ours is a 412")
    func ifMatch() async throws {
        let api: JSONValue = ["name": "A", "context": "/a", "version": "1"]
        #expect(
            try await client().put(Self.base + "/apis/1", json: api, headers: [("If-Match", "\"7\"")]).json["expected"] == 7)
        #expect(
            try await client().put(Self.base + "/apis/1", json: api, headers: [("If-Match", "W/\"7\"")]).json["expected"] == 7)
        #expect(try await client().put(Self.base + "/apis/1", json: api, headers: [("If-Match", "\"abc\"")]).status == 412)
    }

    @Test("HEAD is GET without the body, but with its length")
    func head() async throws {
        let answer = try await client().send("HEAD", Self.base + "/apis/1")
        #expect(answer.status == 200)
        #expect(answer.response.body.isEmpty)
        #expect(answer.response.contentLength == #"{"id":"1"}"#.utf8.count)
    }

    @Test("a verb that a path does not have is a 405 that lists the others")
    func method() async throws {
        let answer = try await client().send("DELETE", Self.base + "/settings")
        #expect(answer.status == 405)
        #expect(answer.header("allow") == "GET")
    }

    @Test("Accept is checked where the contract answers 406")
    func accept() async throws {
        #expect(try await client().get(Self.base + "/apis", headers: [("Accept", "image/png")]).status == 406)
        for accepted in ["application/json", "*/*", "application/*;q=0.5", "text/html, application/json"] {
            #expect(try await client().get(Self.base + "/apis", headers: [("Accept", accepted)]).status == 200)
        }
    }

    @Test("the list of APIs comes as a gzip file on demand")
    func gzipFile() async throws {
        let answer = try await client().get(Self.base + "/apis", headers: [("Accept", "application/gzip")])
        #expect(answer.status == 200)
        #expect(answer.header("content-encoding") == "gzip")
        #expect(answer.header("content-disposition")?.hasPrefix("attachment") == true)
        #expect(answer.response.body.starts(with: [0x1f, 0x8b]))
    }

    @Test("large answers are compressed for clients that accept gzip, small ones are not")
    func gzip() async throws {
        let header = [("Accept-Encoding", "gzip, br")]
        let large = try await client().get(Self.base + "/swagger.json", headers: header)
        #expect(large.header("content-encoding") == "gzip")
        #expect(large.response.body.count < 100_000)
        #expect(try await client().get(Self.base + "/apis/1", headers: header).header("content-encoding") == nil)
        #expect(try await client().get(Self.base + "/swagger.json").header("content-encoding") == nil)
    }

    @Test("an unexpected error is a 500 without internals, with the request id")
    func unexpected() async throws {
        let answer = try await client().get("/broken", headers: [("activityid", "my-request")])
        #expect(answer.status == 500)
        #expect(!answer.text.contains("Broken"))
        #expect(answer.header("activityid") == "my-request")
    }

    @Test("a hostile request id is replaced", arguments: ["a\r\nb", "", String(repeating: "a", count: 65), "<script>"])
    func requestID(given: String) async throws {
        let answer = try await client().get("/broken", headers: [("activityid", given)])
        #expect(answer.header("activityid")?.count == 36)
    }

    @Test("only pages of allowed origins get CORS headers")
    func crossOrigin() async throws {
        let configuration = EngineConfiguration(allowedOrigins: ["https://portal.example"])
        let allowed = try await client(configuration: configuration).send(
            "OPTIONS", Self.base + "/apis", headers: [("Origin", "https://portal.example")])
        #expect(allowed.status == 204)
        #expect(allowed.header("access-control-allow-origin") == "https://portal.example")
        #expect(allowed.header("access-control-allow-methods")?.contains("POST") == true)
        let other = try await client(configuration: configuration).send(
            "OPTIONS", Self.base + "/apis", headers: [("Origin", "https://evil.example")])
        #expect(other.header("access-control-allow-origin") == nil)
    }

    @Test("routes that cannot be told apart stop the start")
    func collision() {
        #expect(throws: ContractEngine.StartFailure.self) {
            _ = try Fixture.client { handlers in
                handlers.route("GET", "/a/{x}") { _ in .noContent }
                handlers.route("GET", "/a/{y}") { _ in .noContent }
            }
        }
    }

    @Test("pages and documents of the contracts are served with a strict policy")
    func pages() async throws {
        let home = try await client(as: nil).get("/")
        #expect(home.header("content-security-policy")?.hasPrefix("default-src 'none'") == true)
        #expect(home.text.contains("/docs/contracts/publisher-v4"))
        for contract in Contract.all {
            let page = try await client(as: nil).get("/docs/contracts/\(contract.name)")
            #expect(page.status == 200)
            for operation in contract.operations { #expect(page.text.contains("id=\"\(operation.id)\"")) }
            let yaml = try await client(as: nil).get(contract.base + "/swagger.yaml")
            #expect(try YAMLDocument.parse(yaml.text) == contract.document)
        }
        #expect(try await client(as: nil).get("/docs/contracts/none").status == 404)
        #expect(try await client(as: nil).get("/publisher").text.contains("not built yet"))
    }

    @Test("a header field that is too long gets a 431 that does not repeat it")
    func longHeaderField() async throws {
        let value = String(repeating: "a", count: (16 << 10) + 1)
        let answer = try await client().get(Self.base + "/apis", headers: [("X-Long", value)])
        #expect(answer.status == 431)
        #expect(answer.json["code"]?.int == 431)
        #expect(answer.json["description"]?.string?.contains("X-Long") == true)
        #expect(!answer.json.text.contains("aaaa"))
    }

    @Test("the coverage report counts handlers and lists what is missing")
    func coverage() {
        var handlers = HandlerTable()
        handlers.handle("publisher-v4", "getAPI") { _ in .noContent }
        let report = CoverageReport(handlers: handlers)
        #expect(report.markdown.contains("1 of \(report.total) operations have a handler"))
        #expect(report.markdown.contains("- createAPI\n"))
        #expect(!report.markdown.contains("- getAPI\n"))
    }
}
