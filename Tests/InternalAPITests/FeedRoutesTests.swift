import ContractRouter
import ContractTesting
import Documents
import Logging
import Model
import Operating
import Storage
import Synchronization
import Testing

@testable import InternalAPI

@Suite("The feed", .timeLimit(.minutes(10)))
struct FeedRoutesTests {
    private let store: any SQLStore
    private let changes: ChangeStore
    private let tokens: GatewayTokens
    private let gateways: RemoteGateways
    private let client: TestClient
    private let decisions = ReceivedDecisions()
    private let revoked = Revoked()
    private static let other = Tenant(id: 1, domain: "example.com")
    private static let context = ChangeContext(
        actor: "admin", tenant: .superTenant, clientAddress: "", requestID: "", milliseconds: 1)

    init() async throws {
        store = try SQLiteStore.temporary()
        try await Migrator(GatewayMigrations.all).migrate(store, time: .system)
        changes = ChangeStore(store: store, delivery: NoDelivery())
        let tenants = [Tenant.superTenant, Self.other]
        let vault = try await Vault.open(key: VaultKey.generate(.system), store: store)
        tokens = GatewayTokens(changes: changes, vault: vault, random: .system) { domain in
            tenants.first { $0.domain == domain }
        }
        gateways = RemoteGateways(
            instances: GatewayInstances(changes: changes), tokens: tokens, settings: .init(patience: .seconds(600)),
            logger: Logger(label: "test"))
        var table = HandlerTable()
        FeedRoutes(
            tokens: tokens, gateways: gateways, reader: GatewayRecordReader(store),
            tenant: { domain in tenants.first { $0.domain == domain } },
            revoke: { [revoked] token in revoked.add(token) }, heartbeatSeconds: 30, decisions: decisions
        ).register(in: &table)
        client = TestClient(
            try ContractEngine(handlers: table, verifier: TableVerifier(), logger: Logger(label: "test")))
    }

    private func token(environments: [String] = [], tenants: [String] = [], of tenant: Tenant = .superTenant) async throws
        -> String
    {
        var context = Self.context
        context.tenant = tenant
        return try await tokens.create(
            name: "t\(environments)\(tenants)", environments: environments, tenants: tenants, context
        ).text
    }

    private func publish(_ entities: GatewayEntity...) async throws {
        try await changes.change(Self.context) { change in
            for entity in entities { change.publish(.put(entity)) }
        }
        await gateways.announce()
    }

    private static func application(_ id: String, tenant: Tenant = .superTenant) -> GatewayEntity {
        .application(
            GatewayApplication(
                id: id, number: 1, tenant: tenant.id, tenantDomain: tenant.domain, name: "n", owner: "o", policy: "Unlimited",
                status: "APPROVED"))
    }

    /// Opens a feed and has `body` look at its lines, one by one.
    private func feed(
        _ query: String, token: String, _ body: (inout AsyncStream<JSONValue>.Iterator) async throws -> Void
    ) async throws {
        let answer = await client.with(authorization: "Bearer \(token)").get(
            "\(FeedProtocol.feedPath)?schema=1&gateway=g&\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        let stream = try #require(answer.response.stream)
        let (lines, continuation) = AsyncStream.makeStream(of: JSONValue.self)
        let producer = Task {
            try await stream.produce(
                BodyWriter { bytes in
                    for line in bytes.split(separator: 10) { continuation.yield(try JSONValue.parse(Array(line))) }
                })
        }
        var iterator = lines.makeAsyncIterator()
        try await body(&iterator)
        producer.cancel()
        _ = await producer.result
    }

    @Test("a feed begins with everything, goes on with changes, and resumes from a position")
    func everything() async throws {
        try await publish(Self.application("a"))
        let token = try await token()
        var mark = ""
        try await feed("", token: token) { lines in
            let head = await lines.next()
            #expect(head?["feed"] == 1 && head?["complete"] == true && head?["session"]?.string != nil)
            let entity = await lines.next()
            #expect(entity?["put"] == "application" && entity?["value"]?["id"] == "a")
            let position = await lines.next()
            #expect(position?["sequence"] == 1)
            mark = position?["mark"]?.string ?? ""
            try await publish(Self.application("b"))
            #expect(await lines.next()?["key"] == "b")
            #expect(await lines.next()?["sequence"] == 2)
            await gateways.announce()
            #expect(await lines.next() == [:])
        }
        try await feed("after=1&mark=\(mark)", token: token) { lines in
            #expect(await lines.next()?["complete"] == false)
            #expect(await lines.next()?["key"] == "b")
            #expect(await lines.next()?["sequence"] == 2)
        }
        // The stream has ended, so nobody waits for the gateway.
        #expect(await gateways.acknowledgements.isEmpty)
    }

    @Test("a gateway learns of its tenants and environments only, also of removals")
    func scope() async throws {
        try await publish(Self.application("mine"), Self.application("theirs", tenant: Self.other))
        try await feed("tenants=example.com", token: try await token()) { lines in
            _ = await lines.next()
            #expect(await lines.next()?["key"] == "theirs")
            #expect(await lines.next()?["sequence"] == 1)
            try await changes.change(Self.context) { $0.publish(.remove(kind: .application, key: "mine")) }
            await gateways.announce()
            #expect(await lines.next()?["sequence"] == 2)
            try await changes.change(Self.context) { $0.publish(.remove(kind: .application, key: "theirs")) }
            await gateways.announce()
            #expect(await lines.next()?["remove"] == "application")
        }
    }

    @Test("a revoked token ends the feed")
    func revoked() async throws {
        let text = try await token()
        let id = try await tokens.verify(text).id
        try await feed("", token: text) { lines in
            _ = await lines.next()
            try await tokens.revoke(id: id, Self.context)
            await gateways.endSessions(ofToken: id)
            while await !gateways.acknowledgements.isEmpty { try? await Task.sleep(for: .milliseconds(2)) }
        }
        let again = await client.with(authorization: "Bearer \(text)").get("\(FeedProtocol.feedPath)?schema=1&gateway=g")
        #expect(again.code == 900_901)
    }

    @Test(
        "wrong questions get a clear refusal",
        arguments: [
            ("schema=2&gateway=g", 406), ("gateway=g", 406), ("schema=1", 400), ("schema=1&gateway=g&gateway=h", 400),
            ("schema=1&gateway=g&after=x", 400), ("schema=1&gateway=g&after=5", 410), ("schema=1&gateway=g&startedAt=-1", 400),
            ("schema=1&gateway=g&tenants=nobody.example", 404), ("schema=1&gateway=g&environments=north", 403),
        ])
    func refusals(query: String, status: Int) async throws {
        let token = try await token(environments: ["Default"])
        let answer = await client.with(authorization: "Bearer \(token)").get("\(FeedProtocol.feedPath)?\(query)")
        #expect(answer.status == status)
    }

    @Test("a tenant's token does not reach other tenants")
    func foreignTenant() async throws {
        let token = try await token(of: Self.other)
        let client = client.with(authorization: "Bearer \(token)")
        #expect(await client.get("\(FeedProtocol.feedPath)?schema=1&gateway=g&tenants=carbon.super").status == 403)
        try await publish(Self.application("mine"))
        try await feed("", token: token) { lines in
            _ = await lines.next()
            #expect(await lines.next()?["sequence"] == 1)
        }
    }

    @Test("a question goes out as a line, its answer comes back as a report, and so do records of refused requests")
    func questions() async throws {
        let token = try await token()
        let sender = client.with(authorization: "Bearer \(token)")
        try await feed("", token: token) { lines in
            let session = await lines.next()?["session"] ?? .null
            _ = await lines.next()
            async let answers = gateways.ask(["counters": []], about: .superTenant)
            let question = await lines.next()
            #expect(question?["counters"] == [] && question?["ask"] == 1)
            let answer: JSONValue = ["ask": 1, "value": [7]]
            #expect(
                await sender.post(
                    FeedProtocol.reportPath,
                    json: [
                        "gateway": "g", "session": session, "answer": answer,
                        "decisions": [["requestId": "r", "activityId": "a", "tenantDomain": "carbon.super"]],
                    ]
                ).status == 200)
            #expect(await answers.map(\.value) == [[7]])
            #expect(decisions.records(of: "a", tenant: .superTenant).count == 1)
            for broken: JSONValue in [
                ["gateway": "g", "session": session, "decisions": "x"], ["gateway": "g", "session": session, "answer": [:]],
            ] { #expect(await sender.post(FeedProtocol.reportPath, json: broken).status == 400) }
        }
    }

    @Test("tokens that were used up at a gateway are revoked, those of tenants out of its reach are not")
    func spentTokens() async throws {
        func report(_ spent: JSONValue, token: String) async throws -> Int {
            var status = 0
            try await feed("", token: token) { lines in
                let session = await lines.next()?["session"] ?? .null
                status = await client.with(authorization: "Bearer \(token)").post(
                    FeedProtocol.reportPath, json: ["gateway": "g", "session": session, "spentTokens": spent]
                ).status
            }
            return status
        }
        let entry: JSONValue = ["key": "jti", "tenantDomain": "example.com", "expires": 9]
        let everywhere = try await token()
        #expect(try await report([entry], token: everywhere) == 200)
        let expected = SpentToken(id: "jti", tenant: Self.other.id, tenantDomain: "example.com", expiresMilliseconds: 9)
        #expect(revoked.all == [expected])
        #expect(try await report([["key": "a", "tenantDomain": "gone.example", "expires": 9]], token: everywhere) == 200)
        let ours: JSONValue = ["key": "b", "tenantDomain": "carbon.super", "expires": 9]
        #expect(try await report([ours], token: try await token(of: Self.other)) == 403)
        for broken: JSONValue in [1, [1], [["key": "a"]], [["key": "a", "tenantDomain": "example.com", "expires": "x"]]] {
            #expect(try await report(broken, token: everywhere) == 400)
        }
        #expect(revoked.all == [expected])
    }

    @Test("reports acknowledge, and broken ones are refused")
    func reports() async throws {
        let token = try await token()
        let sender = client.with(authorization: "Bearer \(token)")
        func report(_ json: JSONValue) async -> Int { await sender.post(FeedProtocol.reportPath, json: json).status }
        #expect(await report(["gateway": "g", "session": "x"]) == 404)
        try await feed("", token: token) { lines in
            let session = await lines.next()?["session"] ?? .null
            #expect(await report(["gateway": "g", "session": session, "acknowledged": 1]) == 200)
            #expect(await report(["gateway": "h", "session": session, "acknowledged": 1]) == 404)
            #expect(await gateways.acknowledgements.values.first?.acknowledged == 1)
            for broken: JSONValue in [
                [:], [1], "x", ["gateway": "g"], ["gateway": 1, "session": session], ["gateway": "", "session": session],
                ["gateway": "g", "session": session, "acknowledged": -1],
                ["gateway": "g", "session": session, "acknowledged": "one"],
                ["gateway": "g", "session": session, "failures": [1]],
                ["gateway": "g", "session": session, "failures": ["kind": "api"]],
            ] { #expect(await report(broken) == 400) }
        }
        #expect(await client.with(authorization: nil).post(FeedProtocol.reportPath, json: [:]).status == 401)
    }
}

/// The tokens that were revoked.
private final class Revoked: Sendable {
    private let tokens = Mutex<[SpentToken]>([])

    var all: [SpentToken] { tokens.withLock { $0 } }
    func add(_ token: SpentToken) { tokens.withLock { $0.append(token) } }
}

struct NoDelivery: ChangeDelivery {
    func delivered(_ sequence: Int64) async {}
}
