import Documents
import Model
import Testing

@testable import Consuming

@Suite("Quotas of applications")
struct ApplicationQuotasTests {
    /// Every counter has used as many as its key has characters.
    private struct KeyLengths: QuotaUsage {
        var isShared = true
        var fewer: Int64 = 0

        func use(of counters: [CounterName], tenant: Tenant) -> QuotaUse {
            let lengths = counters.map { Int64($0.key.utf8.count) }
            return QuotaUse(
                isShared: isShared,
                shares: [.init(gateway: "a", used: lengths.map { $0 - fewer }), .init(gateway: "b", used: lengths)],
                silent: isShared ? [] : ["c"])
        }
    }

    private func quotas(_ fixture: ConsumingFixture, _ usage: KeyLengths = KeyLengths()) -> ApplicationQuotas {
        ApplicationQuotas(changes: fixture.changes, policies: fixture.policies, usage: usage)
    }

    private func application(_ fixture: ConsumingFixture, policy: String) async throws -> Application {
        try await fixture.applications.create(
            ApplicationDraft(name: "Shop", policy: policy), owner: fixture.admin, ConsumingFixture.context())
    }

    @Test("the quota of the application tells policy, unit, window and what is left, for both names of a user")
    func list() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        let states = try await quotas(fixture).list(
            application: application.id, userName: nil, principal: fixture.admin, nowMilliseconds: 90_000
        ).states
        let keys = ["admin", fixture.admin.userID].map { QuotaKeys.application(application.number, user: "\($0)@carbon.super") }
        #expect(states.map(\.user) == ["admin@carbon.super", "\(fixture.admin.userID)@carbon.super"])
        #expect(states.map(\.used) == keys.map { Int64($0.utf8.count) })
        for state in states {
            #expect(state.level == .application && state.policy == "10PerMin" && state.unit == .requests && state.limit == 10)
            #expect(state.windowMilliseconds == 60_000 && state.resetMilliseconds == 120_000 && state.remaining == 0)
            #expect(state.shares.isEmpty)
        }
    }

    @Test("gateways that count by themselves are told apart, and what is left is what each of them admits")
    func apart() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        let report = try await quotas(fixture, KeyLengths(isShared: false, fewer: 3)).list(
            application: application.id, userName: "kim", principal: fixture.admin, nowMilliseconds: 0)
        let length = Int64(QuotaKeys.application(application.number, user: "kim@carbon.super").utf8.count)
        #expect(!report.isShared && report.silent == ["c"])
        #expect(report.states.map(\.used) == [length])
        #expect(report.states[0].shares == [.init(gateway: "a", used: length - 3), .init(gateway: "b", used: length)])
    }

    @Test("what is not limited by calls or bytes is not listed, what is has its window")
    func questions() {
        func question(_ quota: ThrottlingQuota) -> QuotaQuestion? {
            QuotaQuestion(.subscription, ThrottlingLimit(quota, per: 2, .minute), policy: "P", key: "k", now: 130_000)
        }
        #expect(question(.requests(count: ThrottlingQuota.unlimited)) == nil)
        #expect(question(.events(count: 5)) == nil)
        #expect(question(.tokens(requests: 0, total: 9, prompt: nil, completion: nil)) == nil)
        #expect(question(.bandwidth(amount: .max, unit: .gigabytes)) == nil)
        let bytes = question(.bandwidth(amount: 3, unit: .kilobytes))?.state
        #expect(bytes?.unit == .bytes && bytes?.limit == 3072 && bytes?.resetMilliseconds == 240_000)
        #expect(question(.tokens(requests: 4, total: nil, prompt: nil, completion: nil))?.state.limit == 4)
    }

    @Test("a reset gives the user's counters new names on the gateways, and nobody else's")
    func reset() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        for count in 1...2 {
            try await quotas(fixture).reset(
                application: application.id, userName: "admin", principal: fixture.admin, ConsumingFixture.context())
            guard case .application(let known)? = try await fixture.entities(.application).first else {
                Issue.record("the gateways know no application")
                return
            }
            #expect(known.quotaResets == ["admin@carbon.super": count, "\(fixture.admin.userID)@carbon.super": count])
        }
        try await quotas(fixture).reset(
            application: application.id, userName: "kim@carbon.super", principal: fixture.admin, ConsumingFixture.context())
        let stored = try await fixture.applications.find(id: application.id, principal: fixture.admin).application
        #expect(stored.quotaResets["kim@carbon.super"] == 1 && stored.quotaResets["admin@carbon.super"] == 2)
        let states = try await quotas(fixture).list(
            application: application.id, userName: "kim", principal: fixture.admin, nowMilliseconds: 0
        ).states
        #expect(
            states.map(\.used) == [
                Int64(QuotaKeys.application(application.number, user: "kim@carbon.super", resets: 1).utf8.count)
            ])
    }

    @Test("a change of the application keeps the resets")
    func change() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        try await quotas(fixture).reset(
            application: application.id, userName: nil, principal: fixture.admin, ConsumingFixture.context())
        let changed = try await fixture.applications.update(
            id: application.id, to: ApplicationDraft(name: "Shop", policy: "Unlimited"), principal: fixture.admin,
            ConsumingFixture.context())
        #expect(changed.application.quotaResets.count == 2)
    }

    @Test("others may neither look nor reset")
    func access() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        for (user, status) in [
            (ConsumingFixture.user("kim"), 403), (ConsumingFixture.user("root", tenant: ConsumingFixture.otherTenant), 404),
        ] {
            let look = await #expect(throws: CatalogueError.self) {
                try await quotas(fixture).list(application: application.id, userName: nil, principal: user, nowMilliseconds: 0)
            }
            let reset = await #expect(throws: CatalogueError.self) {
                try await quotas(fixture).reset(
                    application: application.id, userName: nil, principal: user, ConsumingFixture.context(user.tenant))
            }
            #expect(look?.status == status && reset?.status == status)
        }
    }

    @Test("an administrator looks at every application of the tenant, and sees the share of its owner")
    func administrator() async throws {
        let fixture = try await ConsumingFixture()
        let application = try await application(fixture, policy: "10PerMin")
        func look(_ user: Principal) async throws -> [QuotaState] {
            try await quotas(fixture).list(
                application: application.id, userName: nil, principal: user, administers: true, nowMilliseconds: 0
            ).states
        }
        #expect(try await look(ConsumingFixture.user("kim")).first?.user == "admin@carbon.super")
        let other = ConsumingFixture.user("root", tenant: ConsumingFixture.otherTenant)
        #expect(await #expect(throws: CatalogueError.self) { try await look(other) }?.status == 404)
    }
}
