import Model
import Storage
import Testing

@testable import Consuming

@Suite("Applications")
struct ApplicationsTests {
    private let context = ConsumingFixture.context()

    @Test("a new application is approved, known to gateways and audited")
    func create() async throws {
        let fixture = try await ConsumingFixture()
        let draft = ApplicationDraft(
            name: "Shop", description: "Sells", policy: "10PerMin", attributes: ["unit": "north"], groups: ["g"])
        let created = try await fixture.applications.create(draft, owner: fixture.admin, context)
        #expect(created.status == .approved)
        #expect(created.number == 1)
        #expect(created.attributes == ["unit": "north"])
        #expect(try await fixture.applications.find(id: created.id, principal: fixture.admin).application == created)
        #expect(try await fixture.entities(.application) == [.application(GatewayApplication(created))])
        #expect(GatewayApplication(created).policy == "10PerMin")
        #expect(try await fixture.count("audit_row WHERE kind = 'application'") == 1)
    }

    @Test("names exist once an owner")
    func uniqueNames() async throws {
        let fixture = try await ConsumingFixture()
        let first = try await fixture.application("Shop")
        let error = try await refusal { _ = try await fixture.application("Shop") }
        #expect(error?.code == 900301)
        #expect(error?.status == 409)
        _ = try await fixture.application("Shop", owner: ConsumingFixture.user("kim"))
        _ = try await fixture.application(
            "Shop", owner: ConsumingFixture.user("admin", tenant: ConsumingFixture.otherTenant))
        let second = try await fixture.application("Second")
        let rename = try await refusal {
            _ = try await fixture.applications.update(
                id: second.id, to: ApplicationDraft(name: "Shop", policy: "Unlimited"), principal: fixture.admin, context)
        }
        #expect(rename?.code == 900301)
        let same = try await fixture.applications.update(
            id: first.id, to: ApplicationDraft(name: "Shop", description: "new", policy: "10PerMin"),
            principal: fixture.admin, context)
        #expect(same.application.description == "new")
        #expect(same.application.version == 2)
        #expect(same.application.createdMilliseconds == first.createdMilliseconds)
    }

    @Test("the policy has to exist")
    func unknownPolicy() async throws {
        let fixture = try await ConsumingFixture()
        let error = try await refusal {
            _ = try await fixture.applications.create(
                ApplicationDraft(name: "Shop", policy: "Nonsense"), owner: fixture.admin, context)
        }
        #expect(error?.code == 900305)
        #expect(error?.status == 400)
        let application = try await fixture.application()
        let update = try await refusal {
            _ = try await fixture.applications.update(
                id: application.id, to: ApplicationDraft(name: "Shop", policy: "Gold"), principal: fixture.admin, context)
        }
        #expect(update?.code == 900305)
    }

    @Test(
        "names that break something are refused",
        arguments: [
            "", " Shop", "Shop ", "\tShop", "Sh/op", "Sh\"op", "<script>", "Sh'; DROP TABLE application; --", "Sh\u{7}op",
            "a:b", String(repeating: "x", count: 101),
        ])
    func badNames(name: String) async throws {
        let fixture = try await ConsumingFixture()
        let error = try await refusal { _ = try await fixture.application(name) }
        #expect(error?.status == 400)
        #expect(try await fixture.count("application") == 0)
    }

    @Test("names of other scripts and with blanks inside are fine", arguments: ["Café Größe", "応用 1", "a.b_c-d"])
    func goodNames(name: String) async throws {
        let fixture = try await ConsumingFixture()
        #expect(try await fixture.application(name).name == name)
    }

    @Test("another user of the tenant may not see or touch an application, another tenant does not find it")
    func foreign() async throws {
        let fixture = try await ConsumingFixture()
        let id = try await fixture.application().id
        let draft = ApplicationDraft(name: "Mine", policy: "Unlimited")
        for (principal, status) in [
            (ConsumingFixture.user("kim"), 403),
            (ConsumingFixture.user("admin", tenant: ConsumingFixture.otherTenant), 404),
        ] {
            let context = ConsumingFixture.context(principal.tenant)
            let attempts: [() async throws -> Void] = [
                { _ = try await fixture.applications.find(id: id, principal: principal) },
                { _ = try await fixture.applications.update(id: id, to: draft, principal: principal, context) },
                { try await fixture.applications.delete(id: id, principal: principal, context) },
            ]
            for attempt in attempts { #expect(try await refusal(attempt)?.status == status) }
            #expect(try await fixture.applications.list(ApplicationQuery(), owner: principal).total == 0)
        }
        #expect(try await fixture.count("application") == 1)
    }

    @Test("lists are paged, sorted and searched")
    func list() async throws {
        let fixture = try await ConsumingFixture()
        for name in ["beta", "Alpha", "gamma", "1_0"] { _ = try await fixture.application(name) }
        func names(_ query: ApplicationQuery) async throws -> [String] {
            try await fixture.applications.list(query, owner: fixture.admin).items.map(\.application.name)
        }
        #expect(try await names(ApplicationQuery()) == ["1_0", "Alpha", "beta", "gamma"])
        #expect(try await names(ApplicationQuery(isDescending: true)) == ["gamma", "beta", "Alpha", "1_0"])
        #expect(try await names(ApplicationQuery(limit: 2, offset: 1)) == ["Alpha", "beta"])
        #expect(try await names(ApplicationQuery(text: "A", limit: 2)) == ["Alpha", "beta"])
        #expect(try await names(ApplicationQuery(text: "_")) == ["1_0"])
        #expect(try await names(ApplicationQuery(text: "%")) == [])
        #expect(try await names(ApplicationQuery(column: .policy)) == ["beta", "Alpha", "gamma", "1_0"])
        #expect(try await fixture.applications.list(ApplicationQuery(text: "a", limit: 1), owner: fixture.admin).total == 3)
        #expect(try await names(ApplicationQuery(limit: 0)) == [])
    }

    @Test("deleting an application ends its subscriptions, keys and clients")
    func delete() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let application = try await fixture.application()
        _ = try await fixture.subscriptions.create(
            SubscriptionRequest(apiID: "a1", applicationID: application.id, plan: "Gold"), principal: fixture.admin, context)
        let request = KeyRequest(
            keyType: .production, keyManager: GatewayKeyManager.residentName, grantTypes: ["client_credentials"])
        _ = try await fixture.keys.generate(request, application: application.id, principal: fixture.admin, context)
        try await fixture.applications.delete(id: application.id, principal: fixture.admin, context)
        for table in ["application", "subscription", "application_key", "oauth_client"] {
            #expect(try await fixture.count(table) == 0, "\(table)")
        }
        for kind in [GatewayEntity.Kind.application, .subscription, .keyMapping] {
            #expect(try await fixture.entities(kind).isEmpty)
        }
        #expect(try await fixture.entities(.revocation).count == 1)
    }

    @Test("a user's first call gives them one application")
    func welcome() async throws {
        let fixture = try await ConsumingFixture()
        let subscribers = Subscribers(
            changes: fixture.changes, random: .system, applications: fixture.applications, createsDefaultApplication: true)
        for _ in 0..<2 { try await subscribers.welcome(fixture.admin, context) }
        var shouting = fixture.admin
        shouting.username = "ADMIN"
        try await subscribers.welcome(shouting, context)
        let listed = try await fixture.applications.list(ApplicationQuery(), owner: fixture.admin)
        #expect(listed.items.map(\.application.name) == ["DefaultApplication"])
        #expect(listed.items.first?.application.policy == "Unlimited")
    }

    @Test("deleting the first application does not bring it back")
    func welcomeOnce() async throws {
        let fixture = try await ConsumingFixture()
        let subscribers = Subscribers(
            changes: fixture.changes, random: .system, applications: fixture.applications, createsDefaultApplication: true)
        try await subscribers.welcome(fixture.admin, context)
        let first = try #require(
            try await fixture.applications.list(ApplicationQuery(), owner: fixture.admin).items.first)
        try await fixture.applications.delete(id: first.application.id, principal: fixture.admin, context)
        try await subscribers.welcome(fixture.admin, context)
        #expect(try await fixture.count("application") == 0)
    }

    @Test("users without the scope to subscribe, and installations without first applications, get none")
    func noWelcome() async throws {
        let fixture = try await ConsumingFixture()
        let without = Subscribers(
            changes: fixture.changes, random: .system, applications: fixture.applications, createsDefaultApplication: false)
        try await without.welcome(fixture.admin, context)
        let with = Subscribers(
            changes: fixture.changes, random: .system, applications: fixture.applications, createsDefaultApplication: true)
        var publisher = ConsumingFixture.user("pat")
        publisher.scopes = ["apim:api_view"]
        try await with.welcome(publisher, context)
        #expect(try await fixture.count("application") == 0)
        #expect(try await fixture.count("subscriber") == 1)
    }

    @Test("a policy that an application uses is said to be in use")
    func use() async throws {
        let fixture = try await ConsumingFixture()
        _ = try await fixture.application()
        let answers = try await fixture.store.read { connection in
            try [
                PolicyUse.isUsed(.application, name: "Unlimited", tenant: .superTenant, in: connection),
                PolicyUse.isUsed(.application, name: "10PerMin", tenant: .superTenant, in: connection),
                PolicyUse.isUsed(.application, name: "Unlimited", tenant: ConsumingFixture.otherTenant, in: connection),
                PolicyUse.isUsed(.subscription, name: "Unlimited", tenant: .superTenant, in: connection),
            ]
        }
        #expect(answers == [true, false, false, false])
    }

    @Test("an advanced policy that an operation has is said to be in use")
    func advancedUse() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(PublishedRow("a1"))
        let answers = try await fixture.store.read { connection in
            try ["Unlimited", "10KPerMin"].map {
                try PolicyUse.isUsed(.advanced, name: $0, tenant: .superTenant, in: connection)
            }
        }
        #expect(answers == [true, false])
    }
}
