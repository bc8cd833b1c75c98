import Documents
import Model
import Testing

@testable import Publishing

@Suite("Operation policies")
struct OperationPolicyTests {
    private func entry(_ name: String, _ version: String = "v1", _ parameters: JSONValue = [:]) -> JSONValue {
        ["policyName": JSONValue(name), "policyVersion": JSONValue(version), "parameters": parameters]
    }

    private let header: JSONValue = ["headerName": "X-Kitchen", "headerValue": "open"]

    private func operations(_ flows: JSONValue) -> JSONObject {
        ["operations": [["target": "/menu", "verb": "GET", "operationPolicies": flows]]]
    }

    @Test("policies of API and operation reach the gateways complete, in order, with their defaults")
    func compiled() async throws {
        let fixture = try await PublishingFixture()
        var members = operations(["request": [entry("addHeader", "v2", header), entry("jsonValidator")]])
        members["apiPolicies"] = ["response": [entry("removeHeader", "v1", ["headerName": "Server"])]]
        let api = try await fixture.create(members)
        let stored = try #require(api.operations.first?["operationPolicies"]?["request"]?.array)
        #expect(stored.map { $0["policyType"] } == ["common", "common"])
        #expect(stored.allSatisfy { !($0["policyId"]?.string ?? "").isEmpty })
        _ = try await fixture.deploy(api)
        let compiled = try #require(try await fixture.gatewayAPIs().first)
        #expect(compiled.policies?.response.map(\.name) == ["removeHeader"])
        let request = try #require(compiled.operations.first?.policies?.request)
        #expect(request.map(\.name) == ["addHeader", "jsonValidator"])
        #expect(request[0].parameters == ["headerName": "X-Kitchen", "headerValue": "open"])
        #expect(request[1].parameters["maxJsonDepth"] == "100" && request[1].script == nil)
    }

    @Test(
        "what cannot be applied is refused with its code",
        arguments: [
            ("request", "nothing", "v1", [:], 902005), ("response", "changeHTTPMethod", "v1", ["httpMethod": "PUT"], 902008),
            ("request", "addHeader", "v2", ["headerName": "x"], 902009),
            ("request", "changeHTTPMethod", "v1", ["httpMethod": "BREW"], 903212),
            ("request", "jsonValidator", "v1", ["maxJsonDepth": "deep"], 903212),
        ] as [(String, String, String, JSONValue, Int)])
    func refused(_ flow: String, _ name: String, _ version: String, _ parameters: JSONValue, _ expected: Int) async throws {
        let fixture = try await PublishingFixture()
        let members = operations([flow: [entry(name, version, parameters)]])
        #expect(try await code { _ = try await fixture.create(members) } == expected)
    }

    @Test("an id must be that of the named policy")
    func identity() async throws {
        let fixture = try await PublishingFixture()
        let known = try await fixture.services.operationPolicies.policy(named: "addHeader", version: "v2", for: .publisher)
        var wrong = entry("removeHeader", "v1", ["headerName": "x"])
        wrong["policyId"] = JSONValue(known.id)
        #expect(try await code { _ = try await fixture.create(operations(["request": [wrong]])) } == 903211)
        wrong["policyId"] = "00000000-0000-4000-8000-000000000000"
        #expect(try await code { _ = try await fixture.create(operations(["request": [wrong]])) } == 902005)
    }

    @Test("a script travels with the revision, whatever becomes of the policy")
    func script() async throws {
        let fixture = try await PublishingFixture()
        let policy = try await fixture.upload(script: "function on_request() request.headers['x'] = '1' end")
        let api = try await fixture.create(operations(["request": [entry("season")]]))
        try await fixture.services.operationPolicies.delete(policy.id, ofAPI: nil, by: .publisher, .test(.publisher))
        let other = try await fixture.upload(script: "function on_request() request.headers['x'] = '2' end")
        #expect(other.md5 != policy.md5)
        _ = try await fixture.deploy(api)
        #expect(
            try await fixture.gatewayAPIs().first?.operations.first?.policies?.request.first?.script?.contains("'1'") == true)
        // Named by its id, the new one takes the place of the copy of the old one.
        var renewed = entry("season")
        renewed["policyId"] = JSONValue(other.id)
        let members = PublishingFixture.members(
            operations(["request": [renewed], "response": [entry("season")]]))
        let updated = try await fixture.services.apis.update(api.id, to: members, by: .publisher, .test(.publisher))
        _ = try await fixture.deploy(updated)
        let flows = try #require(try await fixture.gatewayAPIs().first?.operations.first?.policies)
        #expect(flows.request.first?.script?.contains("'2'") == true)
    }

    @Test("secrets are shown empty, kept when they are sent empty, and known to gateways only")
    func secrets() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "function on_request() end")
        func members(_ secret: String) -> JSONObject {
            operations(["request": [entry("season", "v1", ["key": JSONValue(secret), "amount": "3"])]])
        }
        let api = try await fixture.create(members("0pen-sesame"))
        #expect(api.operations.first?["operationPolicies"]?["request"]?[0]?["parameters"]?["key"] == "")
        let updated = try await fixture.services.apis.update(
            api.id, to: PublishingFixture.members(members("")), by: .publisher, .test(.publisher))
        #expect(!JSONValue.object(updated.document).text.contains("0pen-sesame"))
        let revision = try await fixture.deploy(updated)
        let use = try #require(try await fixture.gatewayAPIs().first?.operations.first?.policies?.request.first)
        #expect(use.secrets["key"] == GatewaySecret("0pen-sesame") && use.parameters == ["amount": "3"])
        let other = try await fixture.services.apis.update(
            api.id, to: PublishingFixture.members(), by: .publisher, .test(.publisher))
        #expect(other.operations.first?["operationPolicies"]?["request"]?.array?.isEmpty ?? true)
        let restored = try await fixture.services.revisions.restore(
            revision.id, ofAPI: api.id, by: .publisher, .test(.publisher))
        let again = try await fixture.deploy(restored)
        let later = try #require(try await fixture.gatewayAPIs().first)
        #expect(later.revisionID == again.id)
        #expect(later.operations.first?.policies?.request.first?.secrets["key"] == GatewaySecret("0pen-sesame"))
    }

    @Test("templates of other gateways are kept, but an API that applies one is not deployed")
    func template() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "<header name=\"x\"/>", file: "season.j2")
        let api = try await fixture.create(operations(["request": [entry("season")]]))
        #expect(try await code { _ = try await fixture.deploy(api) } == 902011)
    }

    @Test("an API's own policy comes before one for all, and cannot be deleted while it is applied")
    func own() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "function on_request() log('common') end")
        let api = try await fixture.create()
        let own = try await fixture.upload(script: "function on_request() log('own') end", toAPI: api.id)
        let updated = try await fixture.services.apis.update(
            api.id, to: PublishingFixture.members(operations(["request": [entry("season")]])), by: .publisher,
            .test(.publisher))
        #expect(updated.operations.first?["operationPolicies"]?["request"]?[0]?["policyId"] == JSONValue(own.id))
        #expect(updated.operations.first?["operationPolicies"]?["request"]?[0]?["policyType"] == "api")
        func delete() async throws {
            try await fixture.services.operationPolicies.delete(own.id, ofAPI: api.id, by: .publisher, .test(.publisher))
        }
        #expect(try await code(delete) == 409)
        _ = try await fixture.services.apis.update(
            api.id, to: PublishingFixture.members(), by: .publisher, .test(.publisher))
        try await delete()
        #expect(try await code(delete) == 902010)
    }

    @Test("names and versions are given once, and what is part of the product stays")
    func names() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "function on_request() end")
        #expect(try await code { _ = try await fixture.upload(script: "function on_request() end") } == 903001)
        #expect(try await code { _ = try await fixture.upload(name: "addHeader", version: "v2") } == 903001)
        let shipped = try await fixture.services.operationPolicies.policy(named: "addHeader", version: "v2", for: .publisher)
        #expect(
            try await code {
                try await fixture.services.operationPolicies.delete(
                    shipped.id, ofAPI: nil, by: .publisher, .test(.publisher))
            } == 409)
    }

    @Test(
        "a script that gateways would call nowhere is refused, as it would let everything pass",
        arguments: ["", "function onRequest() end", "on_request = 5", "local function on_request() end"])
    func idleScript(script: String) async throws {
        let fixture = try await PublishingFixture()
        #expect(try await code { _ = try await fixture.upload(script: script) } == 902006)
    }

    @Test("another tenant sees nothing of a policy")
    func tenants() async throws {
        let fixture = try await PublishingFixture()
        let policies = fixture.services.operationPolicies
        let policy = try await fixture.upload(script: "function on_request() end")
        let api = try await fixture.create()
        let own = try await fixture.upload(script: "function on_request() end", toAPI: api.id)
        let listed = try await policies.list(
            ofAPI: nil, matching: PolicySearch("name:season"), limit: 9, offset: 0, for: .stranger)
        #expect(listed.total == 0)
        #expect(try await code { _ = try await policies.policy(policy.id, ofAPI: nil, for: .stranger) } == 902010)
        #expect(try await code { _ = try await policies.policy(own.id, ofAPI: api.id, for: .stranger) } == 900308)
        #expect(
            try await code { try await policies.delete(policy.id, ofAPI: nil, by: .stranger, .test(.stranger)) } == 902010)
        #expect(
            try await code {
                var named = entry("season")
                named["policyId"] = JSONValue(policy.id)
                _ = try await fixture.create(operations(["request": [named]]), by: .stranger)
            } == 902005)
    }

    @Test("a product runs what the APIs of its operations apply, with their secrets")
    func product() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "function on_request() end")
        var members = operations([
            "request": [entry("season", "v1", ["key": "0pen-sesame"])], "fault": [entry("jsonFault")],
        ])
        members["apiPolicies"] = ["request": [entry("addHeader", "v2", header)]]
        let api = try await fixture.create(members)
        let products = fixture.services.products
        let product = try await products.products.create(
            [
                "name": "Meal", "context": "/meal", "policies": ["Gold"],
                "apis": [["apiId": JSONValue(api.id), "operations": [["verb": "GET", "target": "/menu"]]]],
            ], by: .publisher, .test(.publisher))
        let revision = try await products.revisions.create(
            ofAPI: product.id, description: "", by: .publisher, .test(.publisher))
        _ = try await products.deployments.deploy(
            revision.id, ofAPI: product.id, to: [.init(environment: "Default", vhost: "localhost")], by: .publisher,
            .test(.publisher))
        let compiled = try #require(try await fixture.gatewayAPIs().first)
        let flows = try #require(compiled.operations.first?.policies)
        #expect(compiled.policies == nil)
        #expect(flows.request.map(\.name) == ["addHeader", "season"] && flows.fault.map(\.name) == ["jsonFault"])
        #expect(flows.request.last?.secrets["key"] == GatewaySecret("0pen-sesame"))
        #expect(flows.request.last?.script == "function on_request() end")
    }

    @Test("a new version has policies of its own")
    func copy() async throws {
        let fixture = try await PublishingFixture()
        _ = try await fixture.upload(script: "function on_request() end")
        let api = try await fixture.create(operations(["request": [entry("season", "v1", ["key": "s3cret"])]]))
        let next = try await fixture.services.apis.copy(
            api.id, asVersion: "2.0.0", isDefault: false, by: .publisher, .test(.publisher))
        let ids = [api, next].map { $0.operations.first?["operationPolicies"]?["request"]?[0]?["policyId"]?.string }
        #expect(ids[0] != ids[1])
        try await fixture.services.apis.delete(api.id, by: .publisher, .test(.publisher))
        _ = try await fixture.deploy(next)
        let use = try #require(try await fixture.gatewayAPIs().first?.operations.first?.policies?.request.first)
        #expect(use.script == "function on_request() end" && use.secrets["key"] == GatewaySecret("s3cret"))
    }
}

extension PublishingFixture {
    /// Adds a policy `season` with the secret `key` and the number `amount`, for all APIs or for one.
    func upload(
        name: String = "season", version: String = "v1", script: String = "function on_request() end",
        file: String = "season.lua", toAPI api: String? = nil, by caller: Principal = .publisher
    ) async throws -> OperationPolicy {
        let specification: JSONValue = [
            "category": "Mediation", "name": JSONValue(name), "version": JSONValue(version), "displayName": "Season",
            "applicableFlows": ["request", "response", "fault"], "supportedGateways": ["Synapse"],
            "supportedApiTypes": ["HTTP"],
            "policyAttributes": [
                ["name": "key", "displayName": "Key", "type": "Secret", "required": false],
                ["name": "amount", "displayName": "Amount", "type": "Integer", "required": false],
            ],
        ]
        return try await services.operationPolicies.add(
            PolicyUpload(
                specification: .init(name: "season.json", bytes: Array(specification.text.utf8)),
                definition: .init(name: file, bytes: Array(script.utf8)), choreoConnectDefinition: nil),
            toAPI: api, by: caller, .test(caller))
    }
}
