import Documents
import Model
import Testing

@testable import Operating

@Suite("Records that gateways send")
struct ReceivedDecisionsTests {
    private static let other = Tenant(id: 1, domain: "example.com")

    private static func token(tenants: [String] = []) -> GatewayToken {
        GatewayToken(
            id: "t", tenant: .superTenant, name: "edge", environments: [], tenants: tenants, createdBy: "",
            createdMilliseconds: 1)
    }

    private static func record(_ id: String, tenant: Tenant = .superTenant, activity: String? = nil) -> JSONValue {
        ["requestId": JSONValue(id), "activityId": JSONValue(activity ?? id), "tenantDomain": JSONValue(tenant.domain)]
    }

    private func ids(_ decisions: ReceivedDecisions, _ id: String, _ tenant: Tenant = .superTenant) -> [String] {
        decisions.records(of: id, tenant: tenant).compactMap { $0.members["requestId"]?.string }
    }

    @Test("they are found by request id and activity id, within their tenant")
    func finds() {
        let decisions = ReceivedDecisions()
        decisions.take(
            [Self.record("a", activity: "x"), Self.record("b", activity: "x"), Self.record("a", tenant: Self.other)], from: "g",
            token: Self.token())
        #expect(ids(decisions, "x") == ["a", "b"])
        #expect(ids(decisions, "a") == ["a"])
        #expect(ids(decisions, "x", Self.other).isEmpty)
        #expect(ids(decisions, "a", Self.other) == ["a"])
        #expect(decisions.records(of: "b", tenant: .superTenant).map(\.gateway) == ["g"])
    }

    @Test("a gateway of one tenant cannot write records of another")
    func foreign() {
        let decisions = ReceivedDecisions()
        decisions.take(
            [Self.record("a"), Self.record("b", tenant: Self.other)], from: "g", token: Self.token(tenants: ["example.com"]))
        #expect(ids(decisions, "a").isEmpty && ids(decisions, "b", Self.other) == ["b"])
    }

    @Test("the oldest give way, and what is no record or too large is dropped")
    func bounded() {
        let decisions = ReceivedDecisions(capacity: 3)
        var large = Self.record("large")
        large["path"] = JSONValue(String(repeating: "x", count: 20_000))
        decisions.take(
            ["text", [:], ["requestId": "y"], Self.record(""), large] + (1...5).map { Self.record("r\($0)") }, from: "g",
            token: Self.token())
        #expect((1...5).map { ids(decisions, "r\($0)").count } == [0, 0, 1, 1, 1])
        #expect(ids(decisions, "large").isEmpty && ids(decisions, "").isEmpty && ids(decisions, "y").isEmpty)
    }
}
