import Documents
import Model
import Storage
import Testing

@testable import Publishing

@Suite("Lifecycle")
struct LifecycleTests {
    static let edges: [(LifecycleState, LifecycleAction, LifecycleState)] = [
        (.created, .publish, .published), (.created, .prototype, .prototyped), (.prototyped, .publish, .published),
        (.prototyped, .demote, .created), (.published, .block, .blocked), (.published, .prototype, .prototyped),
        (.published, .demote, .created), (.published, .deprecate, .deprecated), (.blocked, .deprecate, .deprecated),
        (.blocked, .republish, .published), (.deprecated, .retire, .retired),
    ]

    @Test("exactly the allowed actions lead on", arguments: LifecycleState.allCases, LifecycleAction.allCases)
    func table(_ state: LifecycleState, _ action: LifecycleAction) {
        #expect(state.target(of: action) == Self.edges.first { $0.0 == state && $0.1 == action }?.2)
    }

    /// The actions that bring a new API into each state.
    static let ways: [(LifecycleState, [LifecycleAction])] = [
        (.created, []), (.prototyped, [.prototype]), (.published, [.publish]), (.blocked, [.publish, .block]),
        (.deprecated, [.publish, .deprecate]), (.retired, [.publish, .deprecate, .retire]),
    ]

    @Test("a wrong action is refused with the allowed ones, and history has every step", arguments: ways)
    func walk(_ state: LifecycleState, _ way: [LifecycleAction]) async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        for action in way { try await perform(action, api, fixture) }
        #expect(try await fixture.services.lifecycle.status(ofAPI: api.id, for: .publisher).api.lifecycleState == state)
        for action in LifecycleAction.allCases where state.target(of: action) == nil {
            #expect(try await code { try await perform(action, api, fixture) } == 903234)
        }
        let history = try await fixture.services.lifecycle.history(ofAPI: api.id, for: .publisher)
        #expect(history.count == way.count + 1)
        #expect(history.last?.state == state)
        #expect(history.first?.previous == nil)
    }

    @Test("the refusal lists the allowed actions")
    func listsAllowed() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        await #expect(throws: CatalogueError.lifecycleActionUnsupported("Dance", allowed: [.publish, .prototype])) {
            _ = try await fixture.services.lifecycle.perform("Dance", onAPI: api.id, by: .publisher, .test(.publisher))
        }
    }

    @Test("publishing needs an endpoint")
    func needsEndpoint() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["endpointConfig": .null])
        #expect(try await code { try await perform(.publish, api, fixture) } == 903223)
    }

    @Test("publishing needs a plan, but not without OAuth2 and not for what is only advertised")
    func needsPlan() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["policies": []])
        #expect(try await code { try await perform(.publish, api, fixture) } == 903224)
        let keyed = try await fixture.create([
            "name": "Keyed", "context": "/keyed", "policies": [], "securityScheme": ["api_key"],
        ])
        try await perform(.publish, keyed, fixture)
        let other = try await fixture.create([
            "name": "Other", "context": "/other", "policies": [], "endpointConfig": .null,
            "advertiseInfo": ["advertised": true, "apiExternalProductionEndpoint": "https://api.example.com"],
        ])
        try await perform(.publish, other, fixture)
    }

    @Test("gateways learn a new state at once, and forget a retired API")
    func gateways() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        _ = try await fixture.deploy(api)
        #expect(try await fixture.gatewayAPIs().map(\.lifecycleState) == ["CREATED"])
        for (action, state) in [(LifecycleAction.publish, "PUBLISHED"), (.block, "BLOCKED"), (.deprecate, "DEPRECATED")] {
            try await perform(action, api, fixture)
            #expect(try await fixture.gatewayAPIs().map(\.lifecycleState) == [state])
        }
        try await subscribe("app", api, fixture)
        try await perform(.retire, api, fixture)
        #expect(try await fixture.gatewayAPIs().isEmpty)
        #expect(try await fixture.services.revisions.list(ofAPI: api.id, for: .publisher).revisions.isEmpty)
        #expect(try await subscribers(api, fixture).isEmpty)
    }

    @Test("publishing a newer version copies the subscriptions of the one before, unless that is not wanted")
    func copiesSubscriptions() async throws {
        let fixture = try await PublishingFixture()
        let first = try await fixture.create()
        let second = try await fixture.create(["version": "2.0.0"])
        let third = try await fixture.create(["version": "3.0.0"])
        try await subscribe("app", first, fixture)
        try await perform(.publish, second, fixture)
        #expect(try await subscribers(second, fixture) == ["app"])
        try await perform(.publish, third, fixture, LifecycleChecklist(requiresResubscription: true))
        #expect(try await subscribers(third, fixture).isEmpty)
    }

    @Test("the checklist is offered to drafts with older versions, and deprecates those")
    func checklist() async throws {
        let fixture = try await PublishingFixture()
        let first = try await fixture.create()
        try await perform(.publish, first, fixture)
        let second = try await fixture.create(["version": "2.0.0"])
        #expect(try await fixture.services.lifecycle.status(ofAPI: second.id, for: .publisher).offersChecklist)
        #expect(try await !fixture.services.lifecycle.status(ofAPI: first.id, for: .publisher).offersChecklist)
        try await perform(.publish, second, fixture, LifecycleChecklist(deprecatesOldVersions: true))
        let old = try await fixture.services.apis.api(first.id, for: .publisher)
        #expect(old.lifecycleState == .deprecated)
    }

    @Test(
        "the checklist is read as it is written",
        arguments: [
            ("", false, false), ("\(LifecycleChecklist.deprecateName):true", true, false),
            ("\(LifecycleChecklist.deprecateName):true,\(LifecycleChecklist.resubscribeName):true", true, true),
        ])
    func readsChecklist(_ text: String, _ deprecates: Bool, _ resubscribes: Bool) throws {
        let expected = LifecycleChecklist(deprecatesOldVersions: deprecates, requiresResubscription: resubscribes)
        #expect(try LifecycleChecklist(parsing: text) == expected)
        #expect(throws: CatalogueError.self) { try LifecycleChecklist(parsing: text + ",Dance:true") }
    }

    @Test("a client that expects another version is refused")
    func expectation() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        #expect(
            try await code {
                _ = try await fixture.services.lifecycle.perform(
                    "Publish", onAPI: api.id, expects: 99, by: .publisher, .test(.publisher))
            } == 412)
    }

    private func perform(
        _ action: LifecycleAction, _ api: APIRecord, _ fixture: PublishingFixture,
        _ checklist: LifecycleChecklist = LifecycleChecklist()
    ) async throws {
        _ = try await fixture.services.lifecycle.perform(
            action.rawValue, onAPI: api.id, checklist: checklist, by: .publisher, .test(.publisher))
    }

    private func subscribe(_ application: String, _ api: APIRecord, _ fixture: PublishingFixture) async throws {
        try await fixture.store.write { transaction in
            try transaction.execute(
                "INSERT INTO test_subscription (application, api_id) VALUES (?, ?)", [SQLValue(application), SQLValue(api.id)])
        }
    }

    private func subscribers(_ api: APIRecord, _ fixture: PublishingFixture) async throws -> [String] {
        try await fixture.services.subscriptions.list(ofAPI: api.id, limit: 10, offset: 0, for: .publisher)
            .subscriptions.map(\.applicationID)
    }
}
