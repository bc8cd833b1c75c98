import ContractTesting
import Documents
import Model
import Testing

@testable import PublisherAPI

@Suite("Subscriptions over the publisher's REST interface")
struct SubscriptionOperationsTests {
    private let base = PublisherAPIFixture.base + "/subscriptions"

    /// The id of the subscription to a new API.
    private func subscription(_ fixture: PublisherAPIFixture) async throws -> String {
        let created = await fixture.client.post(PublisherAPIFixture.base + "/apis", json: PublisherAPIFixture.api)
        return "s-" + (try #require(created.json["id"]?.string))
    }

    @Test("a subscription is blocked, partly blocked and unblocked, and answers with its state")
    func blocks() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await subscription(fixture)
        for state in ["BLOCKED", "PROD_ONLY_BLOCKED"] {
            let answer = await fixture.client.send(
                "POST", base + "/block-subscription?subscriptionId=\(id)&blockState=\(state)")
            #expect(answer.status == 200 && answer.json["subscriptionStatus"]?.string == state)
            #expect(answer.json["subscriptionId"]?.string == id && answer.header("etag") != nil)
        }
        let opened = await fixture.client.send("POST", base + "/unblock-subscription?subscriptionId=\(id)")
        #expect(opened.status == 200 && opened.json["subscriptionStatus"] == "UNBLOCKED")
        let list = await fixture.client.get(base + "?query=name:App")
        #expect(list.json["list"]?[0]?["subscriptionStatus"] == "UNBLOCKED" && list.json["count"] == 1)
        #expect(await fixture.client.get(base + "?query=name:Other").json["count"] == 0)
    }

    @Test("the plan changes and the subscriber is told")
    func planAndSubscriber() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await subscription(fixture)
        let path = base + "/change-business-plan?subscriptionId=\(id)&businessPlan="
        let moved = await fixture.client.send("POST", path + "Gold")
        #expect(moved.status == 200 && moved.json["throttlingPolicy"] == "Gold")
        #expect(await fixture.client.send("POST", path + "Silver").code == 902019)
        let info = await fixture.client.get(base + "/\(id)/subscriber-info")
        #expect(info.json["name"] == "kim" && info.json["claims"]?[0]?["value"] == "kim@example.com")
    }

    @Test("what is missing, unknown, foreign or without scope is refused")
    func refuses() async throws {
        let fixture = try await PublisherAPIFixture()
        let id = try await subscription(fixture)
        let block = base + "/block-subscription?subscriptionId=\(id)&blockState="
        #expect(await fixture.client.send("POST", block + "HALF").status == 400)
        #expect(await fixture.client.send("POST", base + "/block-subscription?subscriptionId=\(id)").status == 400)
        #expect(await fixture.client.send("POST", base + "/unblock-subscription?subscriptionId=none").code == 900310)
        let eve = fixture.client.with(authorization: "Bearer eve")
        #expect(await eve.send("POST", block + "BLOCKED").code == 900310)
        let change = base + "/change-business-plan?subscriptionId=\(id)&businessPlan=Gold"
        #expect(await eve.send("POST", change).code == 900310)
        #expect(await eve.get(base + "/\(id)/subscriber-info").code == 900310)
        let reader = fixture.client.with(authorization: "Bearer reader")
        for path in [block + "BLOCKED", base + "/unblock-subscription?subscriptionId=\(id)", change] {
            #expect(await reader.send("POST", path).status == 403)
        }
    }
}
