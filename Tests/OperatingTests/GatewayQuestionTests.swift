import Documents
import Model
import Testing

@testable import Operating

@Suite("Questions to gateways", .timeLimit(.minutes(10)))
struct GatewayQuestionTests {
    private static let other = OperatingFixture.tenants.first { !$0.isSuper } ?? .superTenant
    private static let identity = GatewayIdentity(owner: Tenant.superTenant.id, id: "g")

    /// Waits for the question that a session has to carry.
    private func question(_ gateways: RemoteGateways, _ session: RemoteGateways.Session) async throws -> Int {
        for await _ in session.signals {
            let questions = await gateways.takeQuestions(of: session.id)
            if let id = questions.first?[FeedProtocol.Member.ask]?.int {
                #expect(questions == [["counters": [], "ask": JSONValue(id)]])
                return id
            }
        }
        throw CatalogueError.badRequest("no question came")
    }

    @Test("every gateway gets the question once, and its answer goes to who has asked")
    func answers() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(600))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        async let answers = gateways.ask(["counters": []], about: Self.other)
        let id = try await question(gateways, session)
        #expect(await gateways.takeQuestions(of: session.id).isEmpty)
        // Of another gateway, and to another question.
        await gateways.take([1], to: id, from: GatewayIdentity(owner: 7, id: "g"), session: session.id)
        await gateways.take([2], to: id + 1, from: Self.identity, session: session.id)
        await gateways.take([3], to: id, from: Self.identity, session: session.id)
        #expect(await answers == [GatewayAnswer(gateway: Self.identity, value: [3])])
        #expect(await gateways.questions.isEmpty)
    }

    @Test("gateways of other tenants are not asked, and nobody waits where there are none")
    func tenants() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(600))
        let session = try await gateways.open(fixture.instance("g", tenants: [Self.other.domain]), tokenID: "t")
        #expect(await gateways.ask(["counters": []], about: .superTenant).isEmpty)
        #expect(await gateways.takeQuestions(of: session.id).isEmpty)
    }

    @Test("a gateway that goes, or says nothing, ends the wait")
    func silent() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .seconds(600))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        async let answers = gateways.ask(["counters": []], about: .superTenant)
        _ = try await question(gateways, session)
        await gateways.closed(session.id)
        #expect(await answers.isEmpty)
        let impatient = fixture.gateways(patience: .milliseconds(20))
        let open = try await impatient.open(fixture.instance("h"), tokenID: "t")
        #expect(await impatient.ask(["counters": []], about: .superTenant).isEmpty)
        withExtendedLifetime(open) {}
    }

    @Test("a feed that takes no questions keeps a few of them")
    func bounded() async throws {
        let fixture = try await GatewayFixture()
        let gateways = fixture.gateways(patience: .milliseconds(1))
        let session = try await gateways.open(fixture.instance("g"), tokenID: "t")
        for _ in 0..<70 { _ = await gateways.ask(["counters": []], about: .superTenant) }
        #expect(await gateways.takeQuestions(of: session.id).count == 64)
    }
}
