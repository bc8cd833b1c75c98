import Documents
import Model
import Testing

@testable import Publishing

@Suite("Revisions and deployments")
struct RevisionTests {
    @Test("a revision is numbered, copied and deployed, and the gateways know it")
    func deploy() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["apiThrottlingPolicy": "10KPerMin", "audiences": ["all", "shop"]])
        let revision = try await fixture.deploy(api)
        #expect(revision.displayName == "Revision 1")
        let compiled = try #require(try await fixture.gatewayAPIs().first)
        #expect(compiled.id == api.id && compiled.number == api.number && compiled.revisionID == revision.id)
        #expect(compiled.context == "/pizza/1.0.0" && compiled.defaultContext == nil && compiled.hosts.isEmpty)
        #expect(compiled.requiresSubscription && compiled.policy == "10KPerMin" && compiled.audiences == ["shop"])
        #expect(compiled.production?.endpoints == [GatewayEndpoint(url: "http://backend.example.com/v1")])
        #expect(compiled.sandbox == nil && compiled.cors == nil)
        #expect(compiled.operations.map(\.target) == ["/menu"])
    }

    @Test("gateways serve the revision's copy, not the working copy")
    func immutable() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let revision = try await fixture.deploy(api)
        var members = PublishingFixture.members()
        members["operations"] = [["target": "/other", "verb": "POST"]]
        _ = try await fixture.services.apis.update(api.id, to: members, by: .publisher, .test(.publisher))
        _ = try await fixture.services.lifecycle.perform("Publish", onAPI: api.id, by: .publisher, .test(.publisher))
        #expect(try await fixture.gatewayAPIs().first?.operations.map(\.target) == ["/menu"])
        let restored = try await fixture.services.revisions.restore(
            revision.id, ofAPI: api.id, by: .publisher, .test(.publisher))
        #expect(restored.operations.compactMap { $0["target"]?.string } == ["/menu"])
        #expect(restored.lifecycleState == .published)
    }

    @Test("a sixth revision is refused, and numbers are never used again")
    func limit() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let first = try await create(api, fixture)
        for _ in 2...5 { _ = try await create(api, fixture) }
        #expect(try await code { _ = try await create(api, fixture) } == 900351)
        _ = try await fixture.services.revisions.delete(first.id, ofAPI: api.id, by: .publisher, .test(.publisher))
        #expect(try await create(api, fixture).number == 6)
    }

    @Test("a deployed revision cannot be deleted")
    func deleteDeployed() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let revision = try await fixture.deploy(api)
        func delete() async throws {
            _ = try await fixture.services.revisions.delete(revision.id, ofAPI: api.id, by: .publisher, .test(.publisher))
        }
        #expect(try await code(delete) == 900348)
        let left = try await fixture.services.deployments.undeploy(
            .number("1"), ofAPI: api.id, from: nil, by: .publisher, .test(.publisher))
        #expect(left.isEmpty)
        #expect(try await fixture.gatewayAPIs().isEmpty)
        try await delete()
    }

    static let targets: [(DeploymentService.Target, Int)] = [
        (.init(environment: "Nowhere", vhost: "localhost"), 900504), (.init(environment: "Default", vhost: nil), 900511),
        (.init(environment: "Default", vhost: "eu.example.com"), 900512),
        (.init(environment: "Watched", vhost: "watched.example.com"), 900515),
    ]

    @Test("a wrong target is refused with its code, and nothing is deployed", arguments: targets)
    func wrongTarget(_ target: DeploymentService.Target, _ expected: Int) async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let revision = try await create(api, fixture)
        let targets = [DeploymentService.Target(environment: "Default", vhost: "localhost"), target]
        #expect(
            try await code {
                _ = try await fixture.services.deployments.deploy(
                    revision.id, ofAPI: api.id, to: targets, by: .publisher, .test(.publisher))
            } == expected)
        #expect(try await fixture.gatewayAPIs().isEmpty)
    }

    @Test("unknown revisions are not found")
    func unknown() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        let other = try await fixture.create(["name": "Pasta", "context": "/pasta"])
        let foreign = try await create(other, fixture)
        let services = fixture.services
        #expect(
            try await code { _ = try await services.revisions.revision(foreign.id, ofAPI: api.id, for: .publisher) } == 900347)
        #expect(
            try await code {
                _ = try await services.deployments.undeploy(
                    .number("9"), ofAPI: api.id, from: nil, by: .publisher, .test(.publisher))
            } == 903228)
    }

    @Test("what is only advertised has no revisions")
    func thirdParty() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create(["advertiseInfo": ["advertised": true]])
        #expect(try await code { _ = try await create(api, fixture) } == 903225)
    }

    @Test("another revision takes the place of the one on the environment; other hosts are kept apart")
    func replaces() async throws {
        let fixture = try await PublishingFixture()
        let api = try await fixture.create()
        _ = try await fixture.deploy(api)
        let second = try await create(api, fixture)
        let all = try await fixture.services.deployments.deploy(
            second.id, ofAPI: api.id,
            to: [
                .init(environment: "Default", vhost: "localhost"),
                .init(environment: "Europe", vhost: "other.example.com", displaysOnDevPortal: false),
            ], by: .publisher, .test(.publisher))
        #expect(all.map(\.revisionID) == [second.id, second.id])
        #expect(all.map(\.displaysOnDevPortal) == [true, false])
        let compiled = try await fixture.gatewayAPIs().sorted { $0.environment < $1.environment }
        #expect(compiled.map(\.hosts) == [[], ["other.example.com"]])
        let shown = try await fixture.services.deployments.setDisplayed(
            true, environment: "Europe", ofAPI: api.id, by: .publisher, .test(.publisher))
        #expect(shown.displaysOnDevPortal)
    }

    @Test("the versionless path moves to the chosen version when that is deployed and published, not before")
    func defaultVersion() async throws {
        let fixture = try await PublishingFixture()
        let first = try await fixture.create(["isDefaultVersion": true])
        _ = try await fixture.deploy(first)
        try await publish(first, fixture)
        #expect(try await servers(fixture) == ["1.0.0"])
        let second = try await fixture.services.apis.copy(
            first.id, asVersion: "2.0.0", isDefault: true, by: .publisher, .test(.publisher))
        #expect(try await !fixture.services.apis.api(first.id, for: .publisher).isDefaultVersion)
        #expect(try await servers(fixture) == ["1.0.0"])
        _ = try await fixture.deploy(second)
        #expect(try await servers(fixture) == ["1.0.0"])
        try await publish(second, fixture)
        #expect(try await servers(fixture) == ["2.0.0"])
    }

    private func servers(_ fixture: PublishingFixture) async throws -> [String] {
        try await fixture.gatewayAPIs().filter { $0.defaultContext == "/pizza" }.map(\.version)
    }

    private func publish(_ api: APIRecord, _ fixture: PublishingFixture) async throws {
        _ = try await fixture.services.lifecycle.perform("Publish", onAPI: api.id, by: .publisher, .test(.publisher))
    }

    private func create(_ api: APIRecord, _ fixture: PublishingFixture) async throws -> Revision {
        try await fixture.services.revisions.create(ofAPI: api.id, description: "", by: .publisher, .test(.publisher))
    }
}
