import Documents
import Model
import Testing

@testable import Publishing

@Suite("Creating APIs")
struct APICreationTests {
    @Test("a new API is a draft with all members filled in")
    func draft() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["name": "  Pizza   Shack "])
        #expect(api.name == "Pizza Shack")
        #expect(api.lifecycleState == .created)
        #expect(api.provider == "kim")
        #expect(api.context == "/pizza/1.0.0")
        #expect(api.contextTemplate.displayed == "/pizza")
        #expect(api.number == 1)
        #expect(api.document["transport"] == ["http", "https"])
        #expect(api.document["keyManagers"] == ["all"])
        #expect(api.document["displayName"] == "Pizza Shack")
        #expect(try await fixture.services.apis.api(api.id, for: .publisher) == api)
    }

    @Test("an API without operations gets every common verb on every path")
    func defaultOperations() async throws {
        let fixture = try await PublishingFixture()
        var members = PublishingFixture.members()
        members["operations"] = nil
        let api = try await fixture.services.apis.create(members, by: .publisher, .test(.publisher))
        #expect(api.operations.count == 5)
        #expect(api.operations.allSatisfy { $0["target"] == "/*" })
    }

    @Test("only PROTOTYPED may be asked for as first state", arguments: ["PUBLISHED", "RETIRED", "PROTOTYPED"])
    func firstState(_ state: String) async throws {
        let api = try await PublishingFixture().create(["lifeCycleStatus": JSONValue(state)])
        #expect(api.lifecycleState == (state == "PROTOTYPED" ? .prototyped : .created))
    }

    @Test("only administrators name another provider")
    func provider() async throws {
        let fixture = try await PublishingFixture()
        #expect(try await fixture.create(["provider": "lee"]).provider == "kim")
        let other: JSONObject = ["name": "Pasta", "context": "/pasta", "provider": "lee"]
        #expect(try await fixture.create(other, by: .administrator).provider == "lee")
        let unknown: JSONObject = ["name": "Soup", "context": "/soup", "provider": "nobody"]
        #expect(try await fixture.create(unknown, by: .administrator).provider == "admin")
    }

    @Test("a tenant's context is stored below the tenant's path")
    func tenantContext() async throws {
        let api = try await PublishingFixture().create(by: .stranger)
        #expect(api.context == "/t/example.com/pizza/1.0.0")
        #expect(api.provider == "eve@example.com")
    }

    struct Rule: CustomTestStringConvertible, Sendable {
        var name: String
        var code: Int
        var members: JSONObject
        var testDescription: String { name }

        init(_ name: String, _ code: Int, _ members: JSONObject) {
            self.name = name
            self.code = code
            self.members = members
        }
    }

    static let rules: [Rule] = [
        Rule("a name of 61 characters", 900704, ["name": JSONValue(String(repeating: "n", count: 61))]),
        Rule("a version of 31 characters", 900704, ["version": JSONValue(String(repeating: "1", count: 31))]),
        Rule("a context of 201 characters", 900704, ["context": JSONValue("/" + String(repeating: "c", count: 200))]),
        Rule("a name with a slash", 903239, ["name": "Pizza/Shack"]),
        Rule("a name with a quote", 903239, ["name": "Pizza\"Shack"]),
        Rule("no name", 903238, ["name": "  "]),
        Rule("a version with a blank", 903241, ["version": "1 0"]),
        Rule("a version that climbs", 903241, ["version": ".."]),
        Rule("no version", 903240, ["version": ""]),
        Rule("an empty context", 900253, ["context": ""]),
        Rule("a context that ends with a slash", 900253, ["context": "/pizza/"]),
        Rule("a context with a blank", 900253, ["context": "/pizza shack"]),
        Rule("a context with an encoded slash", 900253, ["context": "/pizza%2Fshack"]),
        Rule("a context that climbs", 900253, ["context": "/pizza/../admin"]),
        Rule("a context with a partial version", 900253, ["context": "/pizza/v{version}"]),
        Rule("a context with another variable", 900253, ["context": "/{shop}/pizza"]),
        Rule("a context with an open parenthesis", 900253, ["context": "/pizza(1"]),
        Rule("a context of a tenant", 900253, ["context": "/t/example.com/pizza"]),
        Rule(
            "a property name with a blank", 900346, ["additionalProperties": [["name": "a b", "value": "1", "display": true]]]),
        Rule("a property named like a search word", 900346, ["additionalProperties": [["name": "Version", "value": "1"]]]),
        Rule(
            "a property name of 81 characters", 900346,
            ["additionalProperties": [["name": JSONValue(String(repeating: "p", count: 81)), "value": "1"]]]),
        Rule(
            "a property value of 901 characters", 900346,
            ["additionalProperties": [["name": "p", "value": JSONValue(String(repeating: "v", count: 901))]]]),
        Rule("a property without value", 900346, ["additionalProperties": [["name": "p"]]]),
        Rule("unknown visible roles", 900610, ["visibility": "RESTRICTED", "visibleRoles": ["nobody"]]),
        Rule("no visible roles", 900610, ["visibility": "RESTRICTED", "visibleRoles": []]),
        Rule("access control roles of others", 900610, ["accessControlRoles": ["other"]]),
        Rule("an unknown plan", 900305, ["policies": ["Platinum"]]),
        Rule("no operations", 900763, ["operations": []]),
        Rule("an unknown verb", 903201, ["operations": [["target": "/menu", "verb": "FETCH"]]]),
        Rule("an operation without verb", 902031, ["operations": [["target": "/menu"]]]),
        Rule("an operation without target", 902032, ["operations": [["verb": "GET"]]]),
        Rule("a target that climbs", 400, ["operations": [["target": "/a/../b", "verb": "GET"]]]),
        Rule(
            "the same operation twice", 400,
            ["operations": [["target": "/a", "verb": "GET"], ["target": "/a", "verb": "get"]]]),
        Rule("an unknown API policy", 900960, ["apiThrottlingPolicy": "Sometimes"]),
        Rule(
            "an unknown operation policy", 900960, ["operations": [["target": "/a", "verb": "GET", "throttlingPolicy": "x"]]]),
        Rule("a scope with an unknown role", 903250, ["scopes": [["scope": ["name": "s", "bindings": ["nobody"]]]]]),
        Rule("an unknown category", 900345, ["categories": ["Cars"]]),
        Rule("a policy on requests", 902005, ["apiPolicies": ["request": [["policyName": "addHeader"]]]]),
        Rule(
            "a policy on answers of an operation", 902005,
            ["operations": [["target": "/a", "verb": "GET", "operationPolicies": ["response": [["policyName": "x"]]]]]]),
        Rule("an unknown transport", 903205, ["transport": ["ftp"]]),
        Rule("an unknown security scheme", 400, ["securityScheme": ["guess"]]),
        Rule("key managers that are no list", 903203, ["keyManagers": "all"]),
        Rule("an unknown gateway type", 902007, ["gatewayType": "abacus"]),
        Rule("subscriptions of other tenants", 900363, ["subscriptionAvailability": "ALL_TENANTS"]),
        Rule("type ASYNC", 900915, ["type": "ASYNC"]),
        Rule("a type without gateway", 900327, ["type": "WS"]),
        Rule("an endpoint that is no URL", 900346, ["endpointConfig": ["production_endpoints": ["url": "backend"]]]),
        Rule("an endpoint without URL", 903210, ["endpointConfig": ["production_endpoints": ["config": [:]]]]),
        Rule(
            "an endpoint on a metadata service", 900346,
            ["endpointConfig": ["production_endpoints": ["url": "http://169.254.169.254/"]]]),
        Rule(
            "a metadata service in decimal", 900346, ["endpointConfig": ["production_endpoints": ["url": "http://2852039166/"]]]
        ),
        Rule("an endpoint list of numbers", 902012, ["endpointConfig": ["production_endpoints": [1, 2]]]),
        Rule("an unknown endpoint type", 902012, ["endpointConfig": ["endpoint_type": "pigeon"]]),
        Rule("an endpoint type that is no text", 902012, ["endpointConfig": ["endpoint_type": 5]]),
        Rule("a weight of one and a half", 902012, weighted("1.5")),
        Rule("a weight of 1001 as text", 902012, weighted("1001")),
        Rule("a health check that is no object", 902012, checked(true)),
        Rule("a health check of no path", 902012, checked(["path": "health"])),
        Rule("a health check with a line end", 902012, checked(["path": "/ HTTP/1.1\r\nX: y"])),
        Rule("a health check without pause", 902012, checked(["interval": 0])),
        Rule("a health check after no failure", 902012, checked(["failures": "0"])),
        Rule("a health check with a timeout in words", 902012, checked(["timeout": "soon"])),
        Rule("a session timeout in words", 902012, ["endpointConfig": ["sessionTimeOut": "soon"]]),
        Rule(
            "an unknown endpoint security", 903213,
            ["endpointConfig": ["endpoint_security": ["production": ["enabled": true, "type": "magic"]]]]),
        Rule(
            "endpoint security without type", 903214, ["endpointConfig": ["endpoint_security": ["sandbox": ["enabled": true]]]]),
    ]

    private static func weighted(_ weight: JSONValue) -> JSONObject {
        ["endpointConfig": ["endpoint_type": "load_balance", "production_endpoints": [["url": "http://a", "weight": weight]]]]
    }

    private static func checked(_ check: JSONValue) -> JSONObject {
        ["endpointConfig": ["production_endpoints": ["url": "http://a", "config": ["healthCheck": check]]]]
    }

    @Test("numbers of endpoints may come as text, as portals send them")
    func numbersAsText() async throws {
        let fixture = try await PublishingFixture()
        let endpoint: JSONValue = [
            "url": "HTTP://A", "weight": "7", "config": ["healthCheck": ["path": "/h?x", "interval": "1000", "failures": 2]],
        ]
        let config: JSONValue = ["endpoint_type": "load_balance", "production_endpoints": [endpoint, endpoint]]
        let api = try await fixture.create(["endpointConfig": config])
        _ = try await fixture.deploy(api)
        let group = try #require(try await fixture.gatewayAPIs().first?.production)
        #expect(group.strategy == .weighted && group.endpoints.map(\.weight) == [7, 7])
        #expect(group.endpoints.map(\.url) == ["HTTP://A", "HTTP://A"])
        #expect(group.endpoints[0].healthCheck?.intervalMilliseconds == 1000)
    }

    @Test("a rule that is broken is refused with its code", arguments: rules)
    func rule(_ rule: Rule) async throws {
        let fixture = try await PublishingFixture()
        #expect(try await code { _ = try await fixture.create(rule.members) } == rule.code)
        #expect(try await fixture.services.apis.list("", limit: 10, offset: 0, for: .publisher).total == 0)
    }

    static let identities: [Rule] = [
        Rule("the same name and version", 900300, [:]),
        Rule("the same name and version in other letter case", 900300, ["version": "1.0.0", "context": "/other"]),
        Rule("the same name in other letter case", 900250, ["name": "PIZZA", "context": "/other"]),
        Rule("the same context", 900251, ["name": "Pasta"]),
    ]

    @Test("what is taken is refused with its code", arguments: identities)
    func taken(_ rule: Rule) async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.create()
        #expect(try await code { _ = try await fixture.create(rule.members) } == rule.code)
    }

    @Test("a new version of the same name shares the context, and only the first provider makes it")
    func newVersion() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.create()
        #expect(try await fixture.create(["version": "2.0.0"]).context == "/pizza/2.0.0")
        #expect(try await code { _ = try await fixture.create(["version": "3.0.0"], by: .administrator) } == 900362)
    }

    @Test("a deleted API's name and context are free again")
    func freeAgain() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        try await fixture.services.apis.delete(api.id, by: .publisher, .test(.publisher))
        #expect(try await fixture.create(["name": "PIZZA"]).name == "PIZZA")
    }

    @Test("two tenants may use the same names")
    func tenants() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.create()
        #expect(try await fixture.create(by: .stranger).name == "Pizza")
    }
}
