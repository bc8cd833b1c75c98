import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Changing, copying and deleting APIs")
struct APIChangeTests {
    @Test("name, version, context, provider, type and state stay as they are")
    func immutables() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let changed = try await update(
            api,
            [
                "name": "Other", "version": "9", "context": "/other", "provider": "lee", "type": "SOAP",
                "lifeCycleStatus": "PUBLISHED", "description": "hot",
            ], fixture)
        #expect(changed.name == "Pizza" && changed.version == "1.0.0" && changed.context == "/pizza/1.0.0")
        #expect(changed.provider == "kim" && changed.type == "HTTP" && changed.lifecycleState == .created)
        #expect(changed.description == "hot" && changed.rowVersion == api.rowVersion + 1)
    }

    @Test("a client that expects another version is refused")
    func expectation() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let members = PublishingFixture.members()
        func update(expects: Int64) async throws {
            _ = try await fixture.services.apis.update(
                api.id, to: members, expects: expects, by: .publisher, .test(.publisher))
        }
        try await update(expects: 1)
        #expect(try await code { try await update(expects: 1) } == 412)
    }

    @Test("an update without operations is refused")
    func noOperations() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        #expect(try await code { _ = try await update(api, ["operations": []], fixture) } == 900763)
    }

    @Test("a published API needs a plan: the first applicable one is attached")
    func plan() async throws {
        let fixture = try await PublishingFixture(plans: ["DefaultSubscriptionless", "AsyncGold", "Silver", "Gold"])
        let api = try await fixture.create()
        #expect(try await update(api, ["policies": []], fixture).policies.isEmpty)
        _ = try await update(api, ["policies": ["Gold"]], fixture)
        _ = try await fixture.services.lifecycle.perform("Publish", onAPI: api.id, by: .publisher, .test(.publisher))
        #expect(try await update(api, ["policies": []], fixture).policies == ["Silver"])
        #expect(try await update(api, ["policies": ["DefaultSubscriptionless", "Gold"]], fixture).policies == ["Gold"])
    }

    @Test("without any applicable plan the update is refused")
    func noPlan() async throws {
        let fixture = try await PublishingFixture(plans: ["DefaultSubscriptionless", "AsyncGold"])
        let api = try await fixture.create(["policies": ["DefaultSubscriptionless"]])
        _ = try await fixture.services.lifecycle.perform("Publish", onAPI: api.id, by: .publisher, .test(.publisher))
        #expect(try await code { _ = try await update(api, ["policies": []], fixture) } == 900304)
    }

    @Test("a creator may not change a published API")
    func creator() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        _ = try await update(api, ["description": "a"], fixture, by: .creator)
        _ = try await fixture.services.lifecycle.perform("Publish", onAPI: api.id, by: .publisher, .test(.publisher))
        #expect(try await code { _ = try await update(api, ["description": "b"], fixture, by: .creator) } == 900380)
        #expect(try await code { _ = try await fixture.deploy(api, by: .creator) } == 900380)
    }

    @Test("a publisher changes what publishers may, the rest keeps its stored value")
    func fieldScopes() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let changed = try await update(
            api,
            [
                "tags": ["hot"], "policies": ["Silver"], "description": "no", "operations": [["target": "/x", "verb": "GET"]],
                "endpointConfig": ["production_endpoints": ["url": "http://evil.example.com"]],
            ], fixture, by: .onlyPublisher)
        #expect(changed.tags == ["hot"] && changed.policies == ["Silver"])
        #expect(changed.description == "" && changed.operations == api.operations)
        #expect(changed.endpointConfig == api.endpointConfig)
    }

    @Test("secrets are sealed, never shown, and kept when a client sends them back empty")
    func secrets() async throws {
        let fixture = try await PublishingFixture()
        func config(_ password: String) -> JSONValue {
            [
                "endpoint_type": "http", "production_endpoints": ["url": "http://a.example.com"],
                "endpoint_security": [
                    "production": ["enabled": true, "type": "BASIC", "username": "u", "password": JSONValue(password)]
                ],
            ]
        }
        let api = try await fixture.create(["endpointConfig": config("s3cret-word")])
        #expect(api.endpointConfig == config("").object)
        let place = "/endpointConfig/endpoint_security/production/password"
        #expect(try secret(of: api, fixture) == [place: "s3cret-word"])
        let kept = try await update(api, ["endpointConfig": config("")], fixture)
        #expect(try secret(of: kept, fixture) == [place: "s3cret-word"])
        let changed = try await update(api, ["endpointConfig": config("another")], fixture)
        #expect(try secret(of: changed, fixture) == [place: "another"])
        let stored = try await fixture.store.read { connection in
            try connection.query("SELECT document, secrets FROM api").map { row in
                (row.optionalText("document") ?? "") + (row.optionalText("secrets") ?? "")
            }.joined()
        }
        #expect(!stored.contains("another") && !stored.contains("s3cret-word"))
    }

    @Test("a copy is a draft of its own with definition and secrets")
    func copy() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["endpointConfig": ["endpoint_type": "awslambda", "amznSecretKey": "k"]])
        let copy = try await fixture.services.apis.copy(
            api.id, asVersion: "2.0.0", isDefault: false, by: .publisher, .test(.publisher))
        #expect(copy.id != api.id && copy.number == 2 && copy.lifecycleState == .created && copy.context == "/pizza/2.0.0")
        #expect(copy.endpointConfig?["amznSecretKey"] == "AWS_SECRET_KEY")
        #expect(try secret(of: copy, fixture) == ["/endpointConfig/amznSecretKey": "k"])
        let text = try await fixture.services.definitions.definition(ofAPI: copy.id, for: .publisher).text
        #expect(try JSONValue.parse(text)["info"]?["version"] == "2.0.0")
        #expect(
            try await code {
                _ = try await fixture.services.apis.copy(
                    api.id, asVersion: "2.0.0", isDefault: false, by: .publisher, .test(.publisher))
            } == 900252)
    }

    @Test("a subscribed API cannot be deleted; a deleted one leaves the gateways")
    func delete() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        _ = try await fixture.deploy(api)
        try await fixture.store.write { transaction in
            try transaction.execute("INSERT INTO test_subscription (application, api_id) VALUES ('a', ?)", [SQLValue(api.id)])
        }
        func delete() async throws { try await fixture.services.apis.delete(api.id, by: .publisher, .test(.publisher)) }
        #expect(try await code(delete) == 409)
        try await fixture.store.write { try $0.execute("DELETE FROM test_subscription", []) }
        try await delete()
        #expect(try await fixture.gatewayAPIs().isEmpty)
        #expect(try await code(delete) == 900308)
        let rest = try await fixture.store.read { connection in
            try [
                "api_attribute", "api_definition", "api_revision", "api_deployment", "api_lifecycle_event", "api_name",
                "api_context",
            ]
            .filter { try !connection.query("SELECT 1 AS one FROM \($0)").isEmpty }
        }
        #expect(rest.isEmpty)
    }

    @Test("another tenant's administrator can neither see nor touch an API")
    func otherTenant() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let revision = try await fixture.deploy(api)
        let services = fixture.services
        let (eve, context) = (Principal.stranger, ChangeContext.test(.stranger))
        let attempts: [() async throws -> Void] = [
            { _ = try await services.apis.api(api.id, for: eve) },
            { _ = try await services.apis.update(api.id, to: PublishingFixture.members(), by: eve, context) },
            { try await services.apis.delete(api.id, by: eve, context) },
            { _ = try await services.apis.copy(api.id, asVersion: "2", isDefault: false, by: eve, context) },
            { _ = try await services.apis.internalKey(forAPI: api.id, for: eve, context) },
            { _ = try await services.subscriptions.list(ofAPI: api.id, limit: 1, offset: 0, for: eve) },
            { _ = try await services.definitions.definition(ofAPI: api.id, for: eve) },
            { _ = try await services.thumbnails.thumbnail(ofAPI: api.id, for: eve) },
            { _ = try await services.lifecycle.perform("Publish", onAPI: api.id, by: eve, context) },
            { _ = try await services.lifecycle.history(ofAPI: api.id, for: eve) },
            { _ = try await services.revisions.list(ofAPI: api.id, for: eve) },
            { _ = try await services.revisions.create(ofAPI: api.id, description: "", by: eve, context) },
            { _ = try await services.revisions.restore(revision.id, ofAPI: api.id, by: eve, context) },
            { _ = try await services.deployments.deploy(revision.id, ofAPI: api.id, to: [], by: eve, context) },
            { _ = try await services.deployments.undeploy(.id(revision.id), ofAPI: api.id, from: nil, by: eve, context) },
        ]
        for attempt in attempts { #expect(try await code(attempt) == 900308) }
        #expect(try await services.apis.list("", limit: 10, offset: 0, for: eve).total == 0)
        #expect(try await fixture.gatewayAPIs().count == 1)
    }

    @Test("an API with access control shows only to holders of its roles and to administrators")
    func accessControl() async throws {
        let fixture = try await PublishingFixture()
        var manager = Principal.publisher
        manager.roles.insert("Manager")
        let api = try await fixture.create(["accessControl": "RESTRICTED", "accessControlRoles": ["Manager"]], by: manager)
        #expect(api.accessControl == "RESTRICTED")
        #expect(try await code { _ = try await fixture.services.apis.api(api.id, for: .publisher) } == 900308)
        #expect(try await fixture.services.apis.list("", limit: 10, offset: 0, for: .publisher).total == 0)
        #expect(try await fixture.services.apis.list("", limit: 10, offset: 0, for: manager).total == 1)
        #expect(try await fixture.services.apis.list("", limit: 10, offset: 0, for: .administrator).total == 1)
    }

    @Test("an internal key is for sandbox only when there is no production endpoint")
    func internalKey() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let key = try await fixture.services.apis.internalKey(forAPI: api.id, for: .publisher, .test(.publisher))
        #expect(key.token == "kim@carbon.super PRODUCTION /pizza/1.0.0" && key.validitySeconds == 60_000)
        let sandbox = try await fixture.create([
            "name": "Box", "context": "/box", "endpointConfig": ["sandbox_endpoints": ["url": "http://s.example.com"]],
        ])
        let other = try await fixture.services.apis.internalKey(forAPI: sandbox.id, for: .publisher, .test(.publisher))
        #expect(other.token.contains("SANDBOX"))
    }

    private func update(
        _ api: APIRecord, _ changes: JSONObject, _ fixture: PublishingFixture, by caller: Principal = .publisher
    ) async throws -> APIRecord {
        try await fixture.services.apis.update(
            api.id, to: PublishingFixture.members(changes), by: caller, .test(caller))
    }

    private func secret(of api: APIRecord, _ fixture: PublishingFixture) throws -> [String: String] {
        try fixture.services.foundation.unseal(api.sealedSecrets, of: .api(api.id))
    }
}
