import Model
import Storage
import Testing

@testable import Operating

@Suite("Changes wait for gateways", .timeLimit(.minutes(10)))
struct RemoteGatewaysTests {
    private static let identity = GatewayIdentity(owner: Tenant.superTenant.id, id: "g")

    @Test("a change waits until every open gateway has acknowledged it")
    func waits() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(600))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        let answered = Flag()
        async let change: Void = {
            await gateways.delivered(7)
            await answered.raise()
        }()
        for await _ in session.signals { break }
        #expect(try await gateways.report(from: Self.identity, session: session.id, acknowledged: 6, failures: nil))
        #expect(await !answered.isRaised)
        #expect(try await gateways.report(from: Self.identity, session: session.id, acknowledged: 7, failures: nil))
        await change
        #expect(await answered.isRaised)
    }

    @Test("a gateway that goes away is no longer waited for")
    func leaves() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(600))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        async let change: Void = gateways.delivered(7)
        for await _ in session.signals { break }
        await gateways.closed(session.id)
        await change
        let listed = try await fixture.instances.list(for: .superTenant)
        #expect(listed.map(\.isConnected) == [false])
    }

    @Test("a gateway that hangs is waited for once, and again when it has caught up")
    func hangs() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .milliseconds(50))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        func isAwaited() async -> Bool { await gateways.members[session.id].map { !$0.isLate } ?? false }
        #expect(await isAwaited())
        await gateways.delivered(1)
        #expect(await !isAwaited())
        #expect(try await gateways.report(from: Self.identity, session: session.id, acknowledged: 0, failures: nil))
        #expect(await !isAwaited())
        #expect(try await gateways.report(from: Self.identity, session: session.id, acknowledged: 1, failures: nil))
        #expect(await isAwaited())
    }

    @Test("reports of sessions that are not open are refused")
    func unknownSession() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(1))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        let stranger = GatewayIdentity(owner: 1, id: "g")
        #expect(try await !gateways.report(from: stranger, session: session.id, acknowledged: 1, failures: nil))
        #expect(try await !gateways.report(from: Self.identity, session: "x", acknowledged: 1, failures: nil))
    }

    @Test("a gateway that connects anew replaces its old feed, and a revoked token ends the feeds that use it")
    func ends() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(1))
        let first = try await gateways.open(fixture.instance("g"), tokenID: "t")
        let second = try await gateways.open(fixture.instance("g"), tokenID: "t")
        for await _ in first.signals {}
        await gateways.endSessions(ofToken: "t")
        for await _ in second.signals {}
        // A token that is gone from the database ends feeds at the next beat.
        let third = try await gateways.open(fixture.instance("g"), tokenID: "gone")
        await gateways.beat()
        for await _ in third.signals {}
    }

    @Test("a change waits for gateways of other nodes that share the database, but not for those that are silent")
    func otherNodes() async throws {
        let fixture = try await GatewayFixture()
        let here = fixture.gateways(patience: .seconds(600), isShared: true)
        let there = fixture.gateways(patience: .seconds(600), isShared: true)
        _ = try await there.open(fixture.instance("silent"), tokenID: "t")
        fixture.time.advance(seconds: 121)
        let session = try await there.open(fixture.instance("g"), tokenID: "t")
        let answered = Flag()
        async let change: Void = {
            await here.delivered(5)
            await answered.raise()
        }()
        #expect(try await there.report(from: Self.identity, session: session.id, acknowledged: 4, failures: nil))
        #expect(await !answered.isRaised)
        // The report may also come by way of a node that does not have the feed.
        #expect(try await here.report(from: Self.identity, session: session.id, acknowledged: 5, failures: nil))
        await change
    }

    @Test("gateways expire when they are silent, and are forgotten after a month")
    func expiry() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(1))
        _ = try await gateways.open(fixture.instance("old"), tokenID: "t")
        let old = try #require(try await fixture.instances.list(for: .superTenant).first)
        fixture.time.advance(seconds: 119)
        #expect(fixture.instances.isActive(old, now: fixture.time.now))
        fixture.time.advance(seconds: 1)
        #expect(!fixture.instances.isActive(old, now: fixture.time.now))
        fixture.time.advance(seconds: 2_629_800)
        _ = try await gateways.open(fixture.instance("new"), tokenID: "t")
        #expect(try await fixture.instances.list(for: .superTenant).map(\.id) == ["new"])
    }

    @Test("tenants see the gateways that serve them only")
    func tenancy() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(1))
        let other = OperatingFixture.other
        for instance in [
            fixture.instance("all"), fixture.instance("listed", tenants: [other.domain]),
            fixture.instance("super", tenants: ["carbon.super"]),
            fixture.instance("own", owner: other, tenants: [other.domain]),
        ] { _ = try await gateways.open(instance, tokenID: "t") }
        #expect(try await fixture.instances.list(for: other).map(\.id) == ["all", "listed", "own"])
        #expect(try await fixture.instances.list(for: Tenant(id: 2, domain: "third.example")).map(\.id) == ["all"])
    }

    @Test("deployment states follow the acknowledgements")
    func states() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(1))
        let deployments = GatewayDeployments(changes: fixture.changes, instances: fixture.instances, time: fixture.time.source)
        {
            await gateways.acknowledgements
        }
        for revision in ["r1", "r2"] {
            try await fixture.changes.change(OperatingFixture.context()) {
                $0.publish(.put(.api(.test("api", revision: revision))))
            }
        }
        let current = try await gateways.open(fixture.instance("current", acknowledged: 2), tokenID: "t")
        _ = try await gateways.open(fixture.instance("elsewhere", environments: ["north"], acknowledged: 2), tokenID: "t")
        let late = try await gateways.open(fixture.instance("late", acknowledged: 1), tokenID: "t")
        func states() async throws -> [String] {
            try await deployments.states(ofAPI: "api", tenant: .superTenant).map {
                "\($0.gateway) \($0.status.rawValue) \($0.revisionID ?? "-")"
            }
        }
        #expect(try await states() == ["current LIVE r2", "late PENDING r1"])
        #expect(try await deployments.counts(ofAPI: "api", tenant: .superTenant) == ["Default": .init(live: 2, deployed: 1)])
        #expect(try await deployments.states(ofAPI: "api", tenant: OperatingFixture.other).isEmpty)
        let failure = GatewayInstance.Failure(kind: "api", key: "api/Default", message: "no")
        #expect(
            try await gateways.report(
                from: GatewayIdentity(owner: -1234, id: "late"), session: late.id, acknowledged: 2, failures: [failure]))
        #expect(try await states() == ["current LIVE r2", "late FAILED -"])
        _ = current
    }
}

private actor Flag {
    private(set) var isRaised = false

    func raise() { isRaised = true }
}

extension GatewayAPI {
    static func test(_ id: String, revision: String) -> GatewayAPI {
        GatewayAPI(
            id: id, number: 1, environment: "Default", revisionID: revision, tenant: -1234, tenantDomain: "carbon.super",
            name: id, version: "1", provider: "kim", type: "HTTP", context: "/\(id)/1", defaultContext: nil,
            lifecycleState: "PUBLISHED", hosts: [], transports: [], securitySchemes: [], authorizationHeader: "Authorization",
            apiKeyHeader: "ApiKey", keyManagers: ["all"], audiences: [], requiresSubscription: true, cors: nil, policy: nil,
            production: nil, sandbox: nil, operations: [])
    }
}
