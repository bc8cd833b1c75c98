import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("API products")
struct ProductTests {
    private struct Kitchen {
        let fixture: PublishingFixture
        let pizza: APIRecord
        let drinks: APIRecord
        var service: ProductService { fixture.services.products.products }
    }

    private func kitchen() async throws -> Kitchen {
        let fixture = try await PublishingFixture()
        let pizza = try await fixture.create([
            "operations": [["target": "/menu", "verb": "GET"], ["target": "/order", "verb": "POST"]],
            "maxTps": ["production": 5],
        ])
        let drinks = try await fixture.create([
            "name": "Drinks", "context": "/drinks", "operations": [["target": "/menu", "verb": "DELETE"]],
            "endpointConfig": [
                "endpoint_type": "http", "production_endpoints": ["url": "http://drinks.example.com"],
                "endpoint_security": [
                    "production": ["enabled": true, "type": "BASIC", "username": "kim", "password": "0pen-sesame"]
                ],
            ],
        ])
        return Kitchen(fixture: fixture, pizza: pizza, drinks: drinks)
    }

    private func members(_ kitchen: Kitchen, _ changes: JSONObject = JSONObject()) -> JSONObject {
        var members: JSONObject = [
            "name": "Meal", "context": "/meal", "policies": ["Gold"], "subscriptionAvailability": "ALL_TENANTS",
            "apis": [
                ["apiId": JSONValue(kitchen.pizza.id), "operations": [["verb": "get", "target": "/menu"]]],
                ["apiId": JSONValue(kitchen.drinks.id), "operations": [["verb": "DELETE", "target": "/menu"]]],
            ],
        ]
        for (name, value) in changes { members[name] = value }
        return members
    }

    private func create(_ kitchen: Kitchen, _ changes: JSONObject = JSONObject()) async throws -> APIRecord {
        try await kitchen.service.create(members(kitchen, changes), by: .publisher, .test(.publisher))
    }

    private func deploy(_ product: APIRecord, _ kitchen: Kitchen) async throws {
        let products = kitchen.fixture.services.products
        let revision = try await products.revisions.create(
            ofAPI: product.id, description: "", by: .publisher, .test(.publisher))
        _ = try await products.deployments.deploy(
            revision.id, ofAPI: product.id, to: [.init(environment: "Default", vhost: "localhost")], by: .publisher,
            .test(.publisher))
    }

    @Test("gateways get each operation with the endpoints, credentials and limits of its API")
    func compiles() async throws {
        let kitchen = try await kitchen()
        let product = try await create(kitchen)
        #expect(product.version == "1.0.0" && product.isDefaultVersion && product.type == "APIPRODUCT")
        try await deploy(product, kitchen)
        let compiled = try #require(try await kitchen.fixture.gatewayAPIs().first)
        #expect(compiled.operations.map(\.verb) == ["GET", "DELETE"] && compiled.operations.map(\.member) == [0, 1])
        let members = try #require(compiled.members)
        #expect(members.map(\.name) == ["Pizza", "Drinks"])
        #expect(members[0].production?.endpoints.map(\.url) == ["http://backend.example.com/v1"])
        #expect(members[0].backendThroughput?.production?.count == 5 && members[0].production?.security == nil)
        #expect(members[1].production?.security == .basic(username: "kim", password: GatewaySecret("0pen-sesame")))
        #expect(compiled.production == nil)
        let rows = try await kitchen.fixture.store.read {
            try $0.query("SELECT document, secrets FROM api_revision WHERE api_id = ?", [SQLValue(product.id)])
        }
        #expect(rows.allSatisfy { $0.optionalText("document")?.contains("sesame") == false })
        #expect(rows.allSatisfy { $0.optionalText("secrets")?.contains("sesame") == false })
    }

    @Test("a revision restores the product, unless its APIs lost operations since")
    func restores() async throws {
        let kitchen = try await kitchen()
        let product = try await create(kitchen)
        let revisions = kitchen.fixture.services.products.revisions
        let revision = try await revisions.create(ofAPI: product.id, description: "", by: .publisher, .test(.publisher))
        var changed = members(kitchen)
        changed["apis"] = [["apiId": JSONValue(kitchen.pizza.id), "operations": [["verb": "GET", "target": "/menu"]]]]
        _ = try await kitchen.service.update(product.id, to: changed, by: .publisher, .test(.publisher))
        let restored = try await revisions.restore(revision.id, ofAPI: product.id, by: .publisher, .test(.publisher))
        #expect(restored.operations.count == 2 && restored.document["members"] == nil && restored.sealedSecrets == nil)

        _ = try await kitchen.service.update(product.id, to: changed, by: .publisher, .test(.publisher))
        var drinks = kitchen.drinks.document
        drinks["operations"] = [["target": "/other", "verb": "GET"]]
        _ = try await kitchen.fixture.services.apis.update(
            kitchen.drinks.id, to: drinks, by: .publisher, .test(.publisher))
        #expect(
            try await code {
                _ = try await revisions.restore(revision.id, ofAPI: product.id, by: .publisher, .test(.publisher))
            } == 900365)
    }

    @Test("an API that is restored keeps what products need")
    func restoresMember() async throws {
        let kitchen = try await kitchen()
        var less = kitchen.pizza.document
        less["operations"] = [["target": "/order", "verb": "POST"]]
        let services = kitchen.fixture.services
        _ = try await services.apis.update(kitchen.pizza.id, to: less, by: .publisher, .test(.publisher))
        let revision = try await services.revisions.create(
            ofAPI: kitchen.pizza.id, description: "", by: .publisher, .test(.publisher))
        _ = try await services.apis.update(kitchen.pizza.id, to: kitchen.pizza.document, by: .publisher, .test(.publisher))
        _ = try await create(kitchen)
        #expect(
            try await code {
                _ = try await services.revisions.restore(
                    revision.id, ofAPI: kitchen.pizza.id, by: .publisher, .test(.publisher))
            } == 900364)
    }

    @Test("a new version is a copy, and one of them serves the path without version")
    func versions() async throws {
        let kitchen = try await kitchen()
        let first = try await create(kitchen)
        let second = try await kitchen.service.copy(
            first.id, asVersion: "2.0.0", isDefault: true, by: .publisher, .test(.publisher))
        #expect(second.version == "2.0.0" && second.isDefaultVersion && second.lifecycleState == .created)
        #expect(try await !kitchen.service.product(first.id, for: .publisher).isDefaultVersion)
        #expect(
            try await code {
                _ = try await kitchen.service.copy(
                    first.id, asVersion: "2.0.0", isDefault: false, by: .publisher, .test(.publisher))
            } == 900252)
        try await kitchen.service.delete(first.id, by: .publisher, .test(.publisher))
        // The copy still needs its operations.
        let pizza = kitchen.pizza
        #expect(
            try await code {
                try await kitchen.fixture.services.apis.delete(pizza.id, by: .publisher, .test(.publisher))
            } == 409)
        try await kitchen.service.delete(second.id, by: .publisher, .test(.publisher))
        try await kitchen.fixture.services.apis.delete(pizza.id, by: .publisher, .test(.publisher))
    }

    @Test("another tenant neither sees a product nor makes one of foreign APIs")
    func tenants() async throws {
        let kitchen = try await kitchen()
        let product = try await create(kitchen)
        let (service, eve) = (kitchen.service, Principal.stranger)
        let products = kitchen.fixture.services.products
        let body = members(kitchen)
        let attempts: [() async throws -> Void] = [
            { _ = try await service.product(product.id, for: eve) },
            { _ = try await service.definition(of: product.id, for: eve) },
            { _ = try await service.isOutdated(product.id, for: eve) },
            { _ = try await service.update(product.id, to: body, by: eve, .test(eve)) },
            { _ = try await service.delete(product.id, by: eve, .test(eve)) },
            { _ = try await service.copy(product.id, asVersion: "2", isDefault: false, by: eve, .test(eve)) },
            { _ = try await products.revisions.create(ofAPI: product.id, description: "", by: eve, .test(eve)) },
            { _ = try await products.lifecycle.status(ofAPI: product.id, for: eve) },
            { _ = try await products.thumbnails.thumbnail(ofAPI: product.id, for: eve) },
            { _ = try await products.deployments.list(ofAPI: product.id, for: eve) },
        ]
        for attempt in attempts { #expect(try await code(attempt) == 900360) }
        #expect(try await code { _ = try await service.create(body, by: eve, .test(eve)) } == 900308)
        #expect(try await service.list("", limit: 10, offset: 0, for: eve).total == 0)
        #expect(try await service.list("", limit: 10, offset: 0, for: .publisher).total == 1)
    }
}
