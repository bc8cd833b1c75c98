import Model
import Storage
import Testing

@testable import Operating

@Suite("The shipped throttling policies")
struct ThrottlingDefaultsTests {
    struct Row: Sendable {
        var level: GatewayPolicy.Level
        var name: String
        var quota: GatewayPolicy.Quota
        var limit: Int
        var window: Int64

        init(
            _ level: GatewayPolicy.Level, _ name: String, _ limit: Int, quota: GatewayPolicy.Quota = .requests,
            window: Int64 = 60_000
        ) {
            self.level = level
            self.name = name
            self.quota = quota
            self.limit = limit
            self.window = window
        }
    }

    private static let day: Int64 = 86_400_000
    private static let month: Int64 = 30 * 86_400_000

    static let rows = [
        Row(.application, "10PerMin", 10), Row(.application, "20PerMin", 20), Row(.application, "50PerMin", 50),
        Row(.application, "Unlimited", .max),
        Row(.subscription, "Bronze", 1000), Row(.subscription, "Silver", 2000), Row(.subscription, "Gold", 5000),
        Row(.subscription, "Unauthenticated", 500), Row(.subscription, "DefaultSubscriptionless", 100_000),
        Row(.subscription, "Unlimited", .max),
        Row(.subscription, "AsyncBronze", 5000, quota: .events, window: day),
        Row(.subscription, "AsyncSilver", 25_000, quota: .events, window: day),
        Row(.subscription, "AsyncGold", 50_000, quota: .events, window: day),
        Row(.subscription, "AsyncDefaultSubscriptionless", 10_000, quota: .events, window: day),
        Row(.subscription, "AsyncUnlimited", .max, quota: .events, window: day),
        Row(.subscription, "AsyncWHBronze", 1000, quota: .events, window: month),
        Row(.subscription, "AsyncWHSilver", 5000, quota: .events, window: month),
        Row(.subscription, "AsyncWHGold", 10_000, quota: .events, window: month),
        Row(.subscription, "AsyncWHUnlimited", .max, quota: .events, window: month),
        Row(.subscription, "AIBronze", 10), Row(.subscription, "AISilver", 100), Row(.subscription, "AIGold", 500),
        Row(.api, "10KPerMin", 10_000), Row(.api, "20KPerMin", 20_000), Row(.api, "50KPerMin", 50_000),
        Row(.api, "Unlimited", .max),
    ]

    @Test("every tenant gets exactly the shipped policies, and the gateways of each know them")
    func allAndNoMore() async throws {
        let fixture = try await OperatingFixture()
        for tenant in OperatingFixture.tenants {
            let known = try await fixture.gatewayPolicies(tenant)
            #expect(known.count == Self.rows.count)
            #expect(try await fixture.policies.list(nil, tenant: tenant).map(\.name) == Self.shippedNames)
        }
    }

    private static var shippedNames: [String] { rows.map(\.name) }

    @Test("a shipped policy has its quota and window", arguments: rows)
    func quota(row: Row) async throws {
        let fixture = try await OperatingFixture()
        let policy = try #require(try await fixture.gatewayPolicy(row.name, row.level))
        #expect(policy.quota == row.quota)
        #expect(policy.limit == row.limit)
        #expect(policy.windowMilliseconds == row.window)
        #expect(policy.stopsOnQuotaReach)
        #expect(policy.burstLimit == 0)
        #expect(!policy.perUser)
    }

    @Test(
        "plans for webhooks limit the number of callbacks",
        arguments: zip(
            ["AsyncWHBronze", "AsyncWHSilver", "AsyncWHGold", "AsyncWHUnlimited", "AsyncGold"],
            [100, 500, 1000, 2_147_483_647, 0]))
    func subscribers(name: String, count: Int) async throws {
        let fixture = try await OperatingFixture()
        let policy = try #require(
            try await fixture.policies.find(name: name, level: .subscription, tenant: .superTenant))
        #expect(policy.plan?.subscriberCount == count)
        #expect(policy.plan?.billing == .free)
        #expect(policy.plan?.permission == nil)
    }

    @Test(
        "plans for AI limit tokens and requests",
        arguments: zip(
            ["AIBronze", "AISilver", "AIGold"], [(10, 1000), (100, 10_000), (500, 50_000)]))
    func tokens(name: String, expected: (requests: Int, total: Int)) async throws {
        let fixture = try await OperatingFixture()
        let policy = try await fixture.policies.find(name: name, level: .subscription, tenant: .superTenant)
        #expect(
            policy?.limit.quota
                == .tokens(requests: expected.requests, total: expected.total, prompt: nil, completion: nil))
    }

    @Test("what an administrator has deleted does not come back at the next start")
    func staysDeleted() async throws {
        let fixture = try await OperatingFixture()
        let bronze = try #require(
            try await fixture.policies.find(name: "Bronze", level: .subscription, tenant: .superTenant))
        try await fixture.policies.delete(id: bronze.id, level: .subscription, OperatingFixture.context())
        try await fixture.changes.change(OperatingFixture.context()) {
            try ThrottlingDefaults(random: .system).create(for: .superTenant, in: $0)
        }
        let names = try await fixture.policies.list(.subscription, tenant: .superTenant).map(\.name)
        #expect(!names.contains("Bronze"))
        #expect(names.count == 17)
    }
}
