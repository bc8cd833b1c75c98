import Model
import Storage
import Testing

@testable import Consuming

@Suite("Subscriptions")
struct SubscriptionsTests {
    private let context = ConsumingFixture.context()

    private func subscribe(
        _ fixture: ConsumingFixture, _ api: String, _ application: Application, _ plan: String = "Gold",
        as principal: Principal? = nil
    ) async throws -> SubscriptionView {
        let principal = principal ?? fixture.admin
        return try await fixture.subscriptions.create(
            SubscriptionRequest(apiID: api, applicationID: application.id, plan: plan), principal: principal,
            ConsumingFixture.context(principal.tenant))
    }

    @Test("a new subscription is active, known to gateways and found by application and by API")
    func create() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        let created = try await subscribe(fixture, "a1", application)
        #expect(created.subscription.status == .unblocked)
        #expect(created.subscription.plan == "Gold")
        #expect(created.application.subscriptionCount == 1)
        #expect(created.api?.name == "Pizza")
        #expect(try await fixture.subscriptions.find(id: created.subscription.id, principal: fixture.admin) == created)
        #expect(
            try await fixture.subscriptions.list(application: application.id, principal: fixture.admin) == [created])
        #expect(try await fixture.subscriptions.list(api: "a1", principal: fixture.admin) == [created])
        #expect(
            try await fixture.entities(.subscription) == [.subscription(GatewaySubscription(created.subscription))])
    }

    @Test(
        "an API that is not there, not published or not hosted here cannot be subscribed to",
        arguments: [
            "missing", "created", "retired", "blocked", "thirdparty", "foreign",
        ])
    func unavailable(api: String) async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(
            PublishedRow("created", number: 1) { $0.state = "CREATED" },
            PublishedRow("retired", number: 2) { $0.state = "RETIRED" },
            PublishedRow("blocked", number: 3) { $0.state = "BLOCKED" },
            PublishedRow("thirdparty", number: 4) { $0.isThirdParty = true },
            PublishedRow("foreign", number: 5) { $0.tenant = ConsumingFixture.otherTenant })
        let application = try await fixture.application()
        let error = try await refusal { _ = try await subscribe(fixture, api, application) }
        #expect(error?.code == 900308)
        #expect(try await fixture.count("subscription") == 0)
    }

    @Test("an API for other roles is refused", arguments: [("RESTRICTED", 403), ("PRIVATE", 0), ("PUBLIC", 0)])
    func invisible(visibility: String, status: Int) async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(
            PublishedRow("a1") {
                $0.visibility = visibility
                $0.roles = ["partner"]
            })
        let application = try await fixture.application()
        let error = try await refusal { _ = try await subscribe(fixture, "a1", application) }
        #expect(error?.status ?? 0 == status)
        var partner = fixture.admin
        partner.roles = ["PARTNER"]
        if status != 0 { _ = try await subscribe(fixture, "a1", application, as: partner) }
    }

    @Test(
        "the plan is one that the API offers and the user may choose",
        arguments: [
            ("Gold", 0, 0), ("Bronze", 902002, 403), ("Nonsense", 902002, 403), ("", 902002, 403),
            ("Partners", 902002, 403), ("NoTrial", 0, 0), ("DefaultSubscriptionless", 902019, 400),
            ("AsyncDefaultSubscriptionless", 902019, 400),
        ])
    func plans(plan: String, code: Int, status: Int) async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1") { $0.plans.append("Nonsense") })
        let application = try await fixture.application()
        let error = try await refusal { _ = try await subscribe(fixture, "a1", application, plan) }
        #expect(error?.code ?? 0 == code)
        #expect(error?.status ?? 0 == status)
    }

    @Test("plans for roles are open to who holds them and closed to whom they exclude")
    func plansForRoles() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"), PublishedRow("a2", number: 2) { $0.name = "Pasta" })
        let application = try await fixture.application()
        var user = fixture.admin
        user.roles = ["Partner", "trial"]
        _ = try await subscribe(fixture, "a1", application, "Partners", as: user)
        let error = try await refusal { _ = try await subscribe(fixture, "a2", application, "NoTrial", as: user) }
        #expect(error?.code == 902002)
    }

    @Test("the application has to be the user's own, and approved")
    func applicationRules() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        let kim = ConsumingFixture.user("kim")
        #expect(try await refusal { _ = try await subscribe(fixture, "a1", application, as: kim) }?.status == 403)
        var missing = application
        missing.id = "nowhere"
        let unknown = missing
        #expect(try await refusal { _ = try await subscribe(fixture, "a1", unknown) }?.code == 900307)
        try await fixture.store.write { try $0.execute("UPDATE application SET status = 'CREATED'", []) }
        let error = try await refusal { _ = try await subscribe(fixture, "a1", application) }
        #expect(error?.description == "Workflow status is not Approved")
        #expect(error?.status == 400)
    }

    @Test(
        "a second subscription is refused; a blocked one says so",
        arguments: [
            (SubscriptionStatus.unblocked, 409), (.onHold, 409), (.blocked, 403), (.productionBlocked, 403),
        ])
    func second(status: SubscriptionStatus, expected: Int) async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        let id = try await subscribe(fixture, "a1", application).subscription.id
        _ = try await fixture.changes.change(context) { try fixture.directory.setStatus(status, of: id, in: $0) }
        #expect(try await refusal { _ = try await subscribe(fixture, "a1", application) }?.status == expected)
        #expect(try await fixture.count("subscription") == 1)
    }

    @Test("several subscriptions are made together or not at all")
    func many() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"), PublishedRow("a2", number: 2) { $0.name = "Pasta" })
        let application = try await fixture.application()
        func request(_ api: String) -> SubscriptionRequest {
            SubscriptionRequest(apiID: api, applicationID: application.id, plan: "Gold")
        }
        let error = try await refusal {
            _ = try await fixture.subscriptions.create(
                [request("a1"), request("missing")], principal: fixture.admin, context)
        }
        #expect(error != nil)
        #expect(try await fixture.count("subscription") == 0)
        #expect(try await fixture.entities(.subscription).isEmpty)
        let created = try await fixture.subscriptions.create(
            [request("a1"), request("a2")], principal: fixture.admin, context)
        #expect(created.map(\.subscription.number) == [1, 2])
    }

    @Test(
        "the plan can be changed while the subscription is active, as far as its holder knows",
        arguments: [
            (SubscriptionStatus.unblocked, SubscriptionStatus.unblocked, 0), (.tierUpdatePending, .unblocked, 0),
            (.blocked, .unblocked, 400), (.unblocked, .blocked, 400), (.unblocked, .productionBlocked, 400),
            (.unblocked, .onHold, 400), (.unblocked, .rejected, 400),
        ])
    func changePlan(claimed: SubscriptionStatus, stored: SubscriptionStatus, status: Int) async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let id = try await subscribe(fixture, "a1", try await fixture.application()).subscription.id
        _ = try await fixture.changes.change(context) { try fixture.directory.setStatus(stored, of: id, in: $0) }
        let error = try await refusal {
            let changed = try await fixture.subscriptions.changePlan(
                id: id, to: "Silver", status: claimed, principal: fixture.admin, context)
            #expect(changed.subscription.plan == "Silver")
            #expect(changed.subscription.version == 3)
        }
        #expect(error?.status ?? 0 == status)
        guard case .subscription(let known)? = try await fixture.entities(.subscription).first else {
            Issue.record("gateways do not know the subscription")
            return
        }
        #expect(known.policy == (status == 0 ? "Silver" : "Gold"))
    }

    @Test("a change to a plan that the API does not offer is refused")
    func changeToForeignPlan() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let id = try await subscribe(fixture, "a1", try await fixture.application()).subscription.id
        let error = try await refusal {
            _ = try await fixture.subscriptions.changePlan(
                id: id, to: "Bronze", status: .unblocked, principal: fixture.admin, context)
        }
        #expect(error?.code == 902002)
    }

    @Test("a deleted subscription is gone, here and at the gateways, and can be made anew")
    func delete() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        let id = try await subscribe(fixture, "a1", application).subscription.id
        try await fixture.subscriptions.delete(id: id, principal: fixture.admin, context)
        #expect(try await fixture.entities(.subscription).isEmpty)
        let again = try await refusal {
            try await fixture.subscriptions.delete(id: id, principal: fixture.admin, context)
        }
        #expect(again?.code == 900310)
        _ = try await subscribe(fixture, "a1", application)
    }

    @Test("another user may not see or touch a subscription, another tenant does not find it")
    func foreign() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        let id = try await subscribe(fixture, "a1", application).subscription.id
        for (principal, status) in [
            (ConsumingFixture.user("kim"), 403),
            (ConsumingFixture.user("admin", tenant: ConsumingFixture.otherTenant), 404),
        ] {
            let context = ConsumingFixture.context(principal.tenant)
            let attempts: [() async throws -> Void] = [
                { _ = try await fixture.subscriptions.find(id: id, principal: principal) },
                { _ = try await fixture.subscriptions.list(application: application.id, principal: principal) },
                { try await fixture.subscriptions.delete(id: id, principal: principal, context) },
                {
                    _ = try await fixture.subscriptions.changePlan(
                        id: id, to: "Silver", status: .unblocked, principal: principal, context)
                },
            ]
            for attempt in attempts { #expect(try await refusal(attempt)?.status == status) }
            #expect(try await fixture.subscriptions.list(api: "a1", principal: principal).isEmpty)
        }
    }

    @Test("publishers see, block, copy and end the subscriptions of their API")
    func directory() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"), PublishedRow("a2", number: 2) { $0.version = "2.0.0" })
        let first = try await subscribe(fixture, "a1", try await fixture.application("One")).subscription.id
        let two = try await fixture.application("Two")
        _ = try await subscribe(fixture, "a1", two)
        _ = try await subscribe(fixture, "a2", two, "Silver")
        let directory = fixture.directory
        let blocked = try await fixture.changes.change(context) { try directory.setStatus(.blocked, of: first, in: $0) }
        #expect(blocked.subscription.status == .blocked)
        #expect(blocked.application.application.name == "One")
        let page = try await fixture.store.read {
            try directory.list(ofAPI: "a1", tenant: .superTenant, limit: 1, offset: 1, in: $0)
        }
        #expect(page.total == 2)
        #expect(page.subscriptions.map(\.application.application.name) == ["Two"])
        for (name, expected) in [("tW", ["Two"]), ("T", ["Two"]), ("%", []), ("", ["One", "Two"])] {
            let found = try await fixture.store.read {
                try directory.list(ofAPI: "a1", name: name, tenant: .superTenant, limit: 10, offset: 0, in: $0)
            }
            #expect(found.subscriptions.map(\.application.application.name) == expected && found.total == expected.count)
        }
        let moved = try await fixture.changes.change(context) { try directory.setPlan("Silver", of: first, in: $0) }
        #expect(moved.subscription.plan == "Silver" && moved.subscription.requestedPlan == "Silver")
        let live = try await fixture.entities(.subscription).compactMap { entity -> GatewaySubscription? in
            if case .subscription(let value) = entity, value.id == first { value } else { nil }
        }
        #expect(live.map(\.policy) == ["Silver"] && live.map(\.state) == ["BLOCKED"])
        _ = try await fixture.changes.change(context) { try directory.setPlan("Gold", of: first, in: $0) }
        try await fixture.changes.change(context) { try directory.copy(fromAPI: "a1", toAPI: "a2", in: $0) }
        let copied = try await fixture.store.read {
            try directory.list(ofAPI: "a2", tenant: .superTenant, limit: 10, offset: 0, in: $0).subscriptions
        }
        #expect(copied.map(\.subscription.plan) == ["Silver", "Gold"])
        #expect(copied.map(\.subscription.status) == [.unblocked, .blocked])
        try await fixture.changes.change(context) { try directory.removeAll(ofAPI: "a1", in: $0) }
        let counts = try await fixture.store.read {
            try [
                directory.count(ofAPI: "a1", tenant: Tenant.superTenant.id, in: $0),
                directory.count(ofAPI: "a2", tenant: Tenant.superTenant.id, in: $0),
                directory.count(ofAPI: "a2", tenant: 1, in: $0),
            ]
        }
        #expect(counts == [0, 2, 0])
        #expect(try await fixture.entities(.subscription).count == 2)
    }

    @Test("a publisher of another tenant blocks nothing")
    func directoryOfOtherTenant() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let id = try await subscribe(fixture, "a1", try await fixture.application()).subscription.id
        let other = ConsumingFixture.context(ConsumingFixture.otherTenant)
        let error = try await refusal {
            _ = try await fixture.changes.change(other) { try fixture.directory.setStatus(.blocked, of: id, in: $0) }
        }
        #expect(error?.code == 900310)
        try await fixture.changes.change(other) { try fixture.directory.removeAll(ofAPI: "a1", in: $0) }
        #expect(try await fixture.count("subscription") == 1)
    }
}
