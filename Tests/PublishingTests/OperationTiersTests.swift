import Documents
import Model
import Testing

@testable import Publishing

@Suite("Advanced policies of operations")
struct OperationTiersTests {
    private struct Offer: PolicyDirectory {
        let names: [String]

        func policies(level: ThrottlingLevel, of tenant: Tenant) -> [ThrottlingPolicy] {
            names.enumerated().map { number, name in
                ThrottlingPolicy(
                    id: name, number: number, level: level, name: name,
                    limit: ThrottlingLimit(.requests(count: 10), per: 1, .minute))
            }
        }
    }

    private func settled(_ names: [String], offered: [String]) async throws -> [String?] {
        let operations = names.map { name -> JSONValue in ["throttlingPolicy": JSONValue(name)] }
        return try await OperationTiers(policies: Offer(names: offered)).settled(operations, of: .superTenant)
            .map { $0["throttlingPolicy"]?.string }
    }

    @Test("a policy is kept, and Unlimited while it is offered")
    func kept() async throws {
        #expect(
            try await settled(["10KPerMin", "Unlimited", ""], offered: ["10KPerMin", "Unlimited"])
                == ["10KPerMin", "Unlimited", "Unlimited"])
    }

    @Test("where Unlimited is not offered, the first policy takes its place")
    func withoutUnlimited() async throws {
        #expect(
            try await settled(["20KPerMin", "Unlimited", ""], offered: ["10KPerMin", "20KPerMin"])
                == ["20KPerMin", "10KPerMin", "10KPerMin"])
    }

    @Test("a policy that there is not is refused, also in a definition")
    func unknown() async throws {
        await #expect(throws: CatalogueError.advancedPolicyInvalid("Nope")) {
            try await settled(["Nope"], offered: ["Unlimited"])
        }
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let text =
            #"{"openapi":"3.0.1","info":{"title":"a","version":"1"},"paths":{"/a":{"get":{"x-throttling-tier":"Nope","responses":{}}}}}"#
        await #expect(throws: CatalogueError.advancedPolicyInvalid("Nope")) {
            try await fixture.services.definitions.replace(
                ofAPI: api.id, with: .bytes(Array(text.utf8)), by: .publisher, .test(.publisher))
        }
    }
}
