import Model
import Storage
import Testing

@testable import Operating

@Suite("Throttling policies")
struct ThrottlingPoliciesTests {
    private let context = OperatingFixture.context()

    @Test("a created policy is found, listed last, audited and known to gateways", arguments: ThrottlingLevel.allCases)
    func create(level: ThrottlingLevel) async throws {
        let fixture = try await OperatingFixture()
        let created = try await fixture.policies.create(OperatingFixture.draft("Mine", level), context)
        #expect(created.version == 1)
        #expect(created.policy.number == 27)
        let found = try await fixture.policies.find(id: created.policy.id, level: level, tenant: .superTenant)
        #expect(found == created)
        #expect(try await fixture.policies.list(level, tenant: .superTenant).last == created.policy)
        let known = try #require(try await fixture.gatewayPolicy("Mine", level.gatewayLevel))
        #expect(known.limit == 10)
        #expect(try await fixture.auditActions(kind: "throttlingPolicy") == ["create"])
    }

    @Test("a name exists once a level and tenant")
    func uniqueNames() async throws {
        let fixture = try await OperatingFixture()
        let error = try await refusal { _ = try await fixture.policies.create(OperatingFixture.draft("10PerMin"), context) }
        #expect(error?.status == 409)
        _ = try await fixture.policies.create(OperatingFixture.draft("10PerMin", .advanced), context)
        _ = try await fixture.policies.create(OperatingFixture.draft("Same"), context)
        _ = try await fixture.policies.create(
            OperatingFixture.draft("Same"), OperatingFixture.context(OperatingFixture.other))
    }

    @Test("an update keeps id, number and name, and reaches the gateways")
    func update() async throws {
        let fixture = try await OperatingFixture()
        let created = try await fixture.policies.create(OperatingFixture.draft("Mine"), context)
        var draft = OperatingFixture.draft("Renamed")
        draft.limit = ThrottlingLimit(.bandwidth(amount: 2, unit: .megabytes), per: 3, .days)
        draft.burst = BurstLimit(count: 7, timeUnit: .second)
        let updated = try await fixture.policies.update(id: created.policy.id, to: draft, context)
        #expect(updated.policy.name == "Mine")
        #expect(updated.policy.id == created.policy.id)
        #expect(updated.policy.number == created.policy.number)
        #expect(updated.version == 2)
        let known = try #require(try await fixture.gatewayPolicy("Mine", .application))
        #expect(known.quota == .bytes)
        #expect(known.limit == 2 << 20)
        #expect(known.windowMilliseconds == 3 * 86_400_000)
        #expect(known.burstLimit == 7)
        #expect(known.burstWindowMilliseconds == 1000)
    }

    @Test("the id of another level or tenant is not found")
    func foreignIDs() async throws {
        let fixture = try await OperatingFixture()
        let id = try await fixture.policies.create(OperatingFixture.draft("Mine"), context).policy.id
        let other = OperatingFixture.context(OperatingFixture.other)
        let attempts: [() async throws -> Void] = [
            { _ = try await fixture.policies.find(id: id, level: .advanced, tenant: .superTenant) },
            { _ = try await fixture.policies.find(id: id, level: .application, tenant: OperatingFixture.other) },
            { _ = try await fixture.policies.update(id: id, to: OperatingFixture.draft("Mine"), other) },
            { try await fixture.policies.delete(id: id, level: .application, other) },
        ]
        for attempt in attempts { #expect(try await refusal(attempt)?.status == 404) }
        #expect(try await fixture.policies.find(name: "Mine", level: .application, tenant: .superTenant) != nil)
    }

    @Test("a deleted policy is gone, here and at the gateways")
    func delete() async throws {
        let fixture = try await OperatingFixture()
        let created = try await fixture.policies.create(OperatingFixture.draft("Mine"), context)
        try await fixture.policies.delete(id: created.policy.id, level: .application, context)
        #expect(try await fixture.policies.find(name: "Mine", level: .application, tenant: .superTenant) == nil)
        #expect(try await fixture.gatewayPolicy("Mine", .application) == nil)
        #expect(try await fixture.auditActions(kind: "throttlingPolicy") == ["create", "delete"])
    }

    @Test(
        "a policy in use stays",
        arguments: [
            (ThrottlingLevel.application, "10PerMin", 409), (.subscription, "Gold", 409), (.advanced, "10KPerMin", 403),
            (.application, "Unlimited", 409), (.subscription, "Unlimited", 409), (.subscription, "Unauthenticated", 409),
            (.subscription, "DefaultSubscriptionless", 409), (.advanced, "Unlimited", 403),
        ])
    func inUse(level: ThrottlingLevel, name: String, status: Int) async throws {
        let fixture = try await OperatingFixture(usedPolicies: ["10PerMin", "Gold", "10KPerMin"])
        let policy = try #require(try await fixture.policies.find(name: name, level: level, tenant: .superTenant))
        let error = try await refusal { try await fixture.policies.delete(id: policy.id, level: level, context) }
        #expect(error?.status == status)
        if level == .advanced { #expect(error?.code == 900971) }
        #expect(try await fixture.policies.find(name: name, level: level, tenant: .superTenant) != nil)
    }

    @Test(
        "names have letters, digits and underscores only",
        arguments: [
            ("", 900705), ("   ", 900705), ("a b", 900706), ("a-b", 900706), ("ä", 900706), ("a/../b", 900706),
            ("a;DROP TABLE", 900706), ("a\u{0}b", 900706),
        ])
    func names(name: String, code: Int) async throws {
        let fixture = try await OperatingFixture()
        let error = try await refusal { _ = try await fixture.policies.create(OperatingFixture.draft(name), context) }
        #expect(error?.code == code)
        #expect(error?.status == 400)
    }

    @Test(
        "limits that make no sense are refused",
        arguments: [
            (ThrottlingLevel.application, ThrottlingLimit(.requests(count: 0), per: 1, .minute)),
            (.application, ThrottlingLimit(.requests(count: -5), per: 1, .minute)),
            (.application, ThrottlingLimit(.requests(count: 5), per: 0, .minute)),
            (.application, ThrottlingLimit(.requests(count: 5), per: -1, .minute)),
            (.application, ThrottlingLimit(.requests(count: 5), per: .max, .month)),
            // These have no length in milliseconds that 64 bits hold.
            (.application, ThrottlingLimit(.requests(count: 5), per: ThrottlingQuota.unlimited, .year)),
            (.subscription, ThrottlingLimit(.bandwidth(amount: 5, unit: .kilobytes), per: 101, .year)),
            (.application, ThrottlingLimit(.bandwidth(amount: 0, unit: .kilobytes), per: 1, .minute)),
            (.application, ThrottlingLimit(.events(count: 5), per: 1, .minute)),
            (.advanced, ThrottlingLimit(.tokens(requests: 1, total: nil, prompt: nil, completion: nil), per: 1, .minute)),
            (.subscription, ThrottlingLimit(.tokens(requests: 1, total: -1, prompt: nil, completion: nil), per: 1, .minute)),
        ])
    func limits(level: ThrottlingLevel, limit: ThrottlingLimit) async throws {
        let fixture = try await OperatingFixture()
        var draft = OperatingFixture.draft("Mine", level)
        draft.limit = limit
        let refused = draft
        let error = try await refusal { _ = try await fixture.policies.create(refused, context) }
        #expect(error?.status == 400)
    }

    @Test("a window may last a hundred years")
    func longestWindow() async throws {
        let fixture = try await OperatingFixture()
        var draft = OperatingFixture.draft("Mine", .advanced)
        draft.limit = ThrottlingLimit(.requests(count: 5), per: 100, .year)
        _ = try await fixture.policies.create(draft, context)
        #expect(try await fixture.gatewayPolicy("Mine", .api)?.windowMilliseconds == 3_153_600_000_000)
    }

    @Test("a group may shut out whoever meets its conditions, a policy not everybody")
    func groupWithoutRequests() async throws {
        let fixture = try await OperatingFixture()
        var draft = OperatingFixture.draft("Mine", .advanced)
        let nothing = ThrottlingLimit(.requests(count: 0), per: 1, .minute)
        draft.conditionalGroups = [
            ConditionalGroup(
                description: "", conditions: [ThrottlingCondition(.address("203.0.113.7"), isInverted: true)], limit: nothing)
        ]
        _ = try await fixture.policies.create(draft, context)
        #expect(try await fixture.gatewayPolicy("Mine", .api)?.groups?.first?.limit == 0)
        draft.limit = nothing
        draft.name = "Other"
        let refused = draft
        let error = try await refusal { _ = try await fixture.policies.create(refused, context) }
        #expect(error?.status == 400)
    }

    @Test("a range has addresses of one kind")
    func mixedRange() async throws {
        let fixture = try await OperatingFixture()
        var draft = OperatingFixture.draft("Mine", .advanced)
        draft.conditionalGroups = [
            ConditionalGroup(
                description: "", conditions: [ThrottlingCondition(.addressRange(from: "203.0.113.7", to: "::1"))],
                limit: draft.limit)
        ]
        let refused = draft
        let error = try await refusal { _ = try await fixture.policies.create(refused, context) }
        #expect(error?.code == 900975)
    }

    @Test("a permission without roles is refused")
    func permissionWithoutRoles() async throws {
        let fixture = try await OperatingFixture()
        var draft = OperatingFixture.draft("Mine", .subscription)
        draft.plan?.permission = BusinessPlan.Permission(kind: .allow, roles: [])
        let refused = draft
        let error = try await refusal { _ = try await fixture.policies.create(refused, context) }
        #expect(error?.code == 900600)
    }

    @Test("the quota type of a plan for AI stays")
    func quotaTypeOfAIPlan() async throws {
        let fixture = try await OperatingFixture()
        let stored = try #require(
            try await fixture.policies.find(name: "AIGold", level: .subscription, tenant: .superTenant))
        let error = try await refusal {
            _ = try await fixture.policies.update(
                id: stored.id, to: OperatingFixture.draft("AIGold", .subscription), context)
        }
        #expect(error?.code == 900974)
    }

    @Test("a bandwidth too large for a number of bytes is no limit")
    func hugeBandwidth() {
        var policy = OperatingFixture.draft("Mine")
        policy.limit = ThrottlingLimit(.bandwidth(amount: .max, unit: .gigabytes), per: 1, .minute)
        #expect(GatewayPolicy(policy, tenant: .superTenant).limit == .max)
    }
}
