import Model
import Storage
import Testing

@testable import Consuming

@Suite("Published APIs")
struct PublishedAPIsTests {
    private static let viewers: [(Principal?, String)] = [
        (nil, "Pizza"), (ConsumingFixture.user("kim"), "Pizza,Private"),
        (ConsumingFixture.user("pat", roles: ["PARTNER"]), "Pizza,Private,Restricted"),
        (ConsumingFixture.user("root", roles: ["admin"]), "Pizza,Private,Restricted"),
        (ConsumingFixture.user("eve", tenant: ConsumingFixture.otherTenant, roles: ["admin", "partner"]), "Pizza"),
        (ConsumingFixture.user("nobody", roles: []), "Pizza,Private"),
    ]

    private func prepared() async throws -> ConsumingFixture {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(
            PublishedRow("public", number: 1) { $0.tags = ["food", "hot"] },
            PublishedRow("private", number: 2) { ($0.name, $0.visibility, $0.tags) = ("Private", "PRIVATE", ["food"]) },
            PublishedRow("restricted", number: 3) {
                ($0.name, $0.visibility, $0.roles, $0.tags) = ("Restricted", "RESTRICTED", ["partner"], ["secret"])
            },
            PublishedRow("created", number: 4) { ($0.name, $0.state) = ("Created", "CREATED") },
            PublishedRow("foreign", number: 5) { ($0.name, $0.tenant) = ("Foreign", ConsumingFixture.otherTenant) })
        return fixture
    }

    @Test("everyone sees what they may, in lists and one by one", arguments: viewers.indices)
    func visibility(index: Int) async throws {
        let (viewer, expected) = Self.viewers[index]
        let fixture = try await prepared()
        let listed = try await fixture.apis.list(PublishedAPISearch(), tenant: .superTenant, viewer: viewer)
        #expect(listed.apis.map(\.name).joined(separator: ",") == expected)
        #expect(listed.total == listed.apis.count)
        let visible = Set(listed.apis.map(\.id))
        for id in ["public", "private", "restricted", "created", "foreign", "missing"] {
            let error = try await refusal { _ = try await fixture.apis.find(id: id, tenant: .superTenant, viewer: viewer) }
            #expect(error?.code == (visible.contains(id) ? nil : 900308), "\(id)")
        }
    }

    @Test("tags count visible APIs only")
    func tags() async throws {
        let fixture = try await prepared()
        let anonymous = try await fixture.apis.tags(tenant: .superTenant, viewer: nil)
        #expect(anonymous.map(\.value) == ["food", "hot"])
        #expect(anonymous.map(\.count) == [1, 1])
        let user = try await fixture.apis.tags(tenant: .superTenant, viewer: ConsumingFixture.user("kim"))
        #expect(user.map(\.count) == [2, 1])
    }

    @Test("of several versions the newest is listed, and all when searched")
    func versions() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(
            PublishedRow("v1", number: 1), PublishedRow("v2", number: 2) { $0.version = "2.0.0" },
            PublishedRow("v3", number: 3) { ($0.version, $0.state) = ("3.0.0", "CREATED") })
        func ids(_ search: PublishedAPISearch) async throws -> [String] {
            try await fixture.apis.list(search, tenant: .superTenant, viewer: nil).apis.map(\.id)
        }
        #expect(try await ids(PublishedAPISearch(showsAllVersions: false)) == ["v2"])
        #expect(try await ids(PublishedAPISearch("pizza", showsAllVersions: false)) == ["v2", "v1"])
        #expect(try await ids(PublishedAPISearch("version:1", showsAllVersions: false)) == ["v1"])
        #expect(try await ids(PublishedAPISearch(limit: 1, offset: 1)) == ["v1"])
    }

    @Test(
        "searches find by key, part and quoted whole",
        arguments: [
            ("priv", "Private"), ("name:\"Pizza\"", "Pizza"), ("name:\"Pizz\"", ""), ("tag:food", "Pizza,Private"),
            ("tags:\"foo\"", ""), ("name:pizza name:private", "Pizza,Private"), ("name:pizza tag:secret", ""),
            ("context:/private", "Private"), ("description:sells pizza", "Pizza"), ("status:CREATED", ""),
            ("status:publ", "Pizza,Private,Restricted"),
            ("name:*", "Pizza,Private,Restricted"), ("", "Pizza,Private,Restricted"), ("nonsense:x", ""),
            ("provider:admin", "Pizza,Private,Restricted"),
            ("type:HTTP", "Pizza,Private,Restricted"), ("content:private", "Private"), ("name:%", ""), ("name:_", ""),
            ("name:x' OR '1'='1", ""), (":", ""), ("\"Pizza\"", "Pizza"), ("name:\"", ""),
        ])
    func search(query: String, expected: String) async throws {
        let fixture = try await prepared()
        let viewer = ConsumingFixture.user("root", roles: ["admin"])
        let found = try await fixture.apis.list(PublishedAPISearch(query), tenant: .superTenant, viewer: viewer)
        #expect(found.apis.map(\.name).joined(separator: ",") == expected)
    }

    @Test("only shown deployments are told")
    func deployments() async throws {
        let fixture = try await ConsumingFixture()
        try await fixture.publish(
            PublishedRow("a1") {
                $0.definition = "{\"openapi\":\"3.0.1\"}"
                $0.deployments = [("Default", "localhost", true), ("Hidden", "secret.example", false)]
            })
        let found = try await fixture.apis.definition(id: "a1", tenant: .superTenant, viewer: nil)
        #expect(found.deployments == [PublishedDeployment(environment: "Default", host: "localhost")])
        #expect(found.definition == "{\"openapi\":\"3.0.1\"}")
        #expect(try await fixture.apis.thumbnail(id: "a1", tenant: .superTenant, viewer: nil) == nil)
    }

    @Test("offered policies leave out internal ones and those that roles exclude")
    func offered() async throws {
        let fixture = try await ConsumingFixture()
        let offered = OfferedPolicies(changes: fixture.changes, source: fixture.policies)
        func names(_ principal: Principal?) async throws -> [String] {
            try await offered.list(.subscription, tenant: .superTenant, principal: principal).map(\.name)
        }
        #expect(try await names(nil) == ["Gold", "Silver", "NoTrial"])
        #expect(try await names(ConsumingFixture.user("p", roles: ["partner"])) == ["Gold", "Silver", "Partners", "NoTrial"])
        #expect(try await names(ConsumingFixture.user("t", roles: ["trial"])) == ["Gold", "Silver"])
        let error = try await refusal {
            _ = try await offered.find(.subscription, named: "Unauthenticated", tenant: .superTenant, principal: nil)
        }
        #expect(error?.status == 404)
    }
}
