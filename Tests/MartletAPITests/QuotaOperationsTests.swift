import ContractTesting
import Documents
import Model
import Testing

@testable import Consuming

@Suite("Quotas in the contract martlet-v1")
struct QuotaOperationsTests {
    private static let path = "\(MartletFixture.base)/applications/shop/quotas"

    private func fixture() async throws -> MartletFixture {
        let fixture = try await MartletFixture()
        let context = ChangeContext(actor: "lee", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: 1)
        try await fixture.changes.change(context) { transaction in
            try ApplicationTable.insert(
                Application(
                    id: "shop", number: 7, tenant: .superTenant, owner: "lee", name: "Shop", description: "",
                    policy: "10PerMin", tokenType: "JWT", status: .approved, attributes: [:], groups: [],
                    visibility: "PRIVATE", createdMilliseconds: 1, updatedMilliseconds: 1, version: 1), in: transaction)
        }
        return fixture
    }

    @Test("the owner and administrators see what is left, also for another user")
    func list() async throws {
        let fixture = try await fixture()
        for caller in ["consumer", "admin"] {
            let answer = await fixture.client(caller).get("\(Self.path)?user=kim")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["counting"] == "EACH_GATEWAY" && answer.json["silentGateways"] == ["h"])
            let quota = try #require(answer.json["list"]?[0])
            #expect(quota["level"] == "APPLICATION" && quota["policy"] == "10PerMin" && quota["unit"] == "REQUESTS")
            #expect(quota["user"] == "kim@carbon.super")
            #expect(quota["limit"] == 10 && quota["used"] == 3 && quota["remaining"] == 7 && quota["windowSeconds"] == 60)
            #expect(quota["gateways"] == [["gatewayId": "g", "used": 3, "remaining": 7]])
        }
    }

    @Test("other consumers, other tenants and those without the scope see nothing")
    func access() async throws {
        let fixture = try await fixture()
        #expect(await fixture.client("stranger").get(Self.path).status == 403)
        #expect(await fixture.client("other").get(Self.path).status == 404)
        #expect(await fixture.client("publisher").get(Self.path).status == 403)
        #expect(await fixture.client("consumer").get("\(MartletFixture.base)/applications/none/quotas").status == 404)
        #expect(await fixture.client("consumer").get("\(Self.path)?user=").status == 400)
    }
}
