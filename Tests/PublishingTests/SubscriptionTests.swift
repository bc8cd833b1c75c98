import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Subscriptions in the hands of publishers")
struct SubscriptionTests {
    /// An API of plans Gold and Managers with one subscription, `lee`, and what is said about it.
    private func fixture(status: SubscriptionStatus = .unblocked) async throws -> PublishingFixture {
        let fixture = try await PublishingFixture(plans: ["Gold", "Silver", "Managers", "DefaultSubscriptionless"])
        let api = try await fixture.create(["policies": ["Gold", "Managers"]])
        for name in ["lee", "boss"] {
            try await fixture.store.write { transaction in
                try transaction.execute(
                    "INSERT INTO test_subscription (application, api_id, status) VALUES (?, ?, ?)",
                    [SQLValue(name), SQLValue(api.id), SQLValue(status.rawValue)])
            }
        }
        return fixture
    }

    private func attempt(
        _ status: SubscriptionStatus, _ body: (SubscriptionService) async throws -> PublisherSubscription
    ) async throws -> SubscriptionStatus? {
        let fixture = try await fixture(status: status)
        do {
            return try await body(fixture.services.subscriptions).status
        } catch let error as CatalogueError where error.code == 900318 {
            return nil
        }
    }

    @Test("every subscription that was ever active can be blocked, and only blocked ones are unblocked")
    func transitions() async throws {
        for status in SubscriptionStatus.allCases {
            let isOpen = status != .onHold && status != .rejected
            let blocked = try await attempt(status) {
                try await $0.block("lee", .everything, by: .publisher, .test(.publisher))
            }
            #expect(blocked == (isOpen ? .blocked : nil), "\(status)")
            let partly = try await attempt(status) {
                try await $0.block("lee", .production, by: .publisher, .test(.publisher))
            }
            #expect(partly == (isOpen ? .productionBlocked : nil), "\(status)")
            let opened = try await attempt(status) { try await $0.unblock("lee", by: .publisher, .test(.publisher)) }
            let expected: SubscriptionStatus? =
                switch status {
                case .blocked, .productionBlocked, .unblocked: .unblocked
                case .tierUpdatePending, .deletePending: status
                case .onHold, .rejected: nil
                }
            #expect(opened == expected, "\(status)")
        }
    }

    @Test("a plan changes to one of the API that the subscriber's roles allow")
    func plans() async throws {
        let fixture = try await fixture()
        let service = fixture.services.subscriptions
        let moved = try await service.changePlan(of: "boss", to: "Managers", by: .publisher, .test(.publisher))
        #expect(moved.policy == "Managers" && moved.version == 2)
        for (plan, expected) in [
            ("Silver", 902019), ("None", 902019), ("DefaultSubscriptionless", 902019), ("Managers", 902023),
        ] {
            #expect(
                try await code { _ = try await service.changePlan(of: "lee", to: plan, by: .publisher, .test(.publisher)) }
                    == expected, "\(plan)")
        }
    }

    @Test(
        "the plan of a subscription that is not active stays",
        arguments: [SubscriptionStatus.blocked, .productionBlocked, .onHold, .rejected, .deletePending])
    func inactive(_ status: SubscriptionStatus) async throws {
        let service = try await fixture(status: status).services.subscriptions
        #expect(
            try await code { _ = try await service.changePlan(of: "lee", to: "Gold", by: .publisher, .test(.publisher)) }
                == 902022)
    }

    @Test("who cannot see the API cannot see or change its subscriptions")
    func hidden() async throws {
        let fixture = try await fixture()
        let service = fixture.services.subscriptions
        let restricted = try await fixture.create(
            [
                "name": "Secret", "context": "/secret", "accessControlRoles": ["manager"],
            ], by: .administrator)
        try await fixture.store.write { transaction in
            try transaction.execute(
                "INSERT INTO test_subscription (application, api_id) VALUES ('hidden', ?)", [SQLValue(restricted.id)])
        }
        for (id, caller) in [("lee", Principal.stranger), ("hidden", .publisher), ("missing", .publisher)] {
            let codes = [
                try await code { _ = try await service.block(id, .everything, by: caller, .test(caller)) },
                try await code { _ = try await service.unblock(id, by: caller, .test(caller)) },
                try await code { _ = try await service.changePlan(of: id, to: "Gold", by: caller, .test(caller)) },
                try await code { _ = try await service.subscriber(of: id, for: caller) },
            ]
            #expect(codes == [900310, 900310, 900310, 900310])
        }
    }

    @Test("a change of another version than the client expects is refused")
    func versions() async throws {
        let service = try await fixture().services.subscriptions
        #expect(
            try await code {
                _ = try await service.block("lee", .everything, expects: 7, by: .publisher, .test(.publisher))
            } == CatalogueError.preconditionFailed.code)
        #expect(try await service.block("lee", .everything, expects: 1, by: .publisher, .test(.publisher)).version == 2)
    }
}
