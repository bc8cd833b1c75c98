import Documents
import Model
import Testing

@testable import Publishing

@Suite("Definitions")
struct DefinitionTests {
    static let swagger2 = """
        {"swagger":"2.0","info":{"title":"Pizza Shack","version":"1.0.0"},"host":"pizza.example.com","basePath":"/v1",
         "schemes":["https"],"paths":{"/menu":{"get":{"responses":{"200":{"description":"ok"}}}},
         "/order/{id}":{"parameters":[],"put":{"x-auth-type":"None","responses":{}},"delete":{"responses":{}}}}}
        """
    static let openAPI30 = """
        openapi: 3.0.3
        info: {title: Pizza Shack, version: 1.0.0, description: Hot}
        servers: [{url: "https://pizza.example.com/v1"}]
        x-wso2-cors: {corsConfigurationEnabled: true, accessControlAllowOrigins: ["https://a.example.com"]}
        paths:
          /menu:
            get: {responses: {"200": {description: ok}}, security: [{default: [menu:read]}]}
          /order/{id}:
            put: {x-auth-type: None, responses: {}}
            delete: {responses: {}}
        components:
          securitySchemes:
            default:
              type: oauth2
              flows: {implicit: {authorizationUrl: "https://test.com", scopes: {"menu:read": Read}, x-scopes-bindings: {"menu:read": "manager"}}}
        """
    static let openAPI31 = """
        {"openapi":"3.1.0","info":{"title":"Pizza Shack","version":"1.0.0"},"servers":[{"url":"https://pizza.example.com/v1"}],
         "paths":{"/menu":{"get":{"responses":{}}},"/order/{id}":{"$ref":"#/components/pathItems/order"}},
         "components":{"pathItems":{"order":{"put":{"x-auth-type":"None","responses":{}},"delete":{"responses":{}}}}}}
        """

    @Test("an API is made from each version of OpenAPI", arguments: [swagger2, openAPI30, openAPI31])
    func imports(_ text: String) async throws {
        let fixture = try await PublishingFixture()
        let api = try await importAPI(text, fixture)
        #expect(api.name == "Pizza Shack" && api.version == "1.0.0" && api.context == "/pizzashack/1.0.0")
        #expect(
            api.operations.map { "\($0["verb"]?.string ?? "") \($0["target"]?.string ?? "")" } == [
                "GET /menu", "PUT /order/{id}", "DELETE /order/{id}",
            ])
        #expect(api.operations[1]["authType"] == "None")
        #expect(api.endpointConfig?["production_endpoints"]?["url"] == "https://pizza.example.com/v1")
        let shown = try await definition(api, fixture)
        #expect(shown["x-wso2-basePath"] == "/pizzashack/1.0.0")
        #expect(shown["x-wso2-production-endpoints"]?["urls"] == ["https://pizza.example.com/v1"])
    }

    @Test("extensions of the definition become members, and what the client sends wins")
    func extensions() async throws {
        let fixture = try await PublishingFixture()
        let api = try await importAPI(Self.openAPI30, fixture, ["name": "Mine", "context": "/mine", "policies": ["Gold"]])
        #expect(api.name == "Mine" && api.context == "/mine/1.0.0" && api.policies == ["Gold"])
        #expect(api.document["corsConfiguration"]?["accessControlAllowOrigins"] == ["https://a.example.com"])
        #expect(api.operations[0]["scopes"] == ["menu:read"])
        #expect(api.document["scopes"]?[0]?["scope"]?["bindings"] == ["manager"])
        let shown = try await definition(api, fixture)
        #expect(shown["info"]?["title"] == "Mine")
        #expect(shown["paths"]?["/menu"]?["get"]?["security"] == [["default": ["menu:read"]]])
    }

    static let hostile: [(String, Int)] = [
        ("{", 900758), ("\u{0}\u{1}", 900758), ("just words", 900759), ("[1, 2]", 900759), ("{\"a\": 1}", 900759),
        ("{\"swagger\": \"1.2\", \"info\": {}, \"paths\": {}}", 900760), ("openapi: 4.0.0", 900752),
        ("{\"openapi\": \"3.0.0\", \"paths\": {}}", 900753),
        ("{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}}", 900753),
        ("{\"openapi\": \"3.0.0\", \"info\": {}, \"paths\": {}}", 900754),
        ("{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"x\": {}}}", 900754),
        ("{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"/x\": 1}}", 900754),
        (
            "{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"/x\": {\"get\": 1}}}",
            900754
        ),
        ("{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {}}", 900763),
        (
            "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"/x\": {\"$ref\": \"#/paths/~1x\"}}}",
            900754
        ),
        (
            "{\"openapi\": \"3.1.0\", \"info\": {\"title\": \"a\", \"version\": \"1\"}, \"paths\": {\"/x\": {\"$ref\": \"http://a/b\"}}}",
            900754
        ),
        (String(repeating: "[", count: 100_000), 900758), (String(repeating: "{\"a\":", count: 100_000), 900758),
    ]

    @Test("a broken definition is refused with its code", arguments: hostile)
    func refused(_ text: String, _ expected: Int) async throws {
        let fixture = try await PublishingFixture()
        #expect(try await code { _ = try await importAPI(text, fixture) } == expected)
    }

    @Test("a YAML bomb is refused before it unfolds")
    func bomb() async throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let fixture = try await PublishingFixture()
        #expect(try await code { _ = try await importAPI(text, fixture) } == 900758)
    }

    @Test("a definition beyond the limit is refused")
    func tooLarge() async throws {
        let fixture = try await PublishingFixture(limits: PublishingLimits(definitionSize: 100))
        #expect(try await code { _ = try await importAPI(Self.swagger2, fixture) } == 900758)
    }

    @Test(
        "private addresses are not fetched",
        arguments: [
            "http://127.0.0.1:9/a", "http://[::1]/a", "http://10.0.0.1/a", "http://169.254.169.254/latest",
            "http://2130706433/",
            "file:///etc/passwd", "ftp://example.com/a", "http://user@example.com/",
        ])
    func privateAddress(_ url: String) async throws {
        let fixture = try await PublishingFixture()
        #expect(try await code { _ = try await fixture.services.definitions.read(.url(url)) } == 900756)
    }

    @Test("a new definition replaces operations and scopes")
    func replaces() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let found = try await fixture.services.definitions.replace(
            ofAPI: api.id, with: .bytes(Array(Self.openAPI30.utf8)), by: .publisher, .test(.publisher))
        let changed = try await fixture.services.apis.api(api.id, for: .publisher)
        #expect(changed.operations.count == 3 && found.version == changed.rowVersion)
        #expect(changed.name == "Pizza")
        #expect(try JSONValue.parse(found.text)["info"]?["title"] == "Pizza")
    }

    @Test("the definition follows the API's operations")
    func follows() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        var members = PublishingFixture.members()
        members["operations"] = [["target": "/order/{id}", "verb": "POST"]]
        let changed = try await fixture.services.apis.update(api.id, to: members, by: .publisher, .test(.publisher))
        let paths = try await definition(changed, fixture)["paths"]?.object
        #expect(paths?.names == ["/order/{id}"])
        #expect(paths?["/order/{id}"]?["post"]?["parameters"]?[0]?["name"] == "id")
        #expect(paths?["/order/{id}"]?["post"]?["responses"]?["200"]?["description"] == "ok")
    }

    private func importAPI(_ text: String, _ fixture: PublishingFixture, _ members: JSONObject = [:]) async throws -> APIRecord
    {
        try await fixture.services.definitions.importAPI(
            .bytes(Array(text.utf8)), members, by: .publisher, .test(.publisher))
    }

    private func definition(_ api: APIRecord, _ fixture: PublishingFixture) async throws -> JSONValue {
        try JSONValue.parse(try await fixture.services.definitions.definition(ofAPI: api.id, for: .publisher).text)
    }
}
