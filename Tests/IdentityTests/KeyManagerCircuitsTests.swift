import Documents
import Logging
import Model
import Testing

@testable import Identity

@Suite("Key managers that give no answers")
struct KeyManagerCircuitsTests {
    private struct Silence: Error {}

    private let clock = TestClock()
    private let circuits: KeyManagerCircuits

    init() {
        circuits = KeyManagerCircuits(
            patience: KeyManagerPatience(failures: 3, pauseMilliseconds: 5_000), logger: Logger(label: "test"),
            time: clock.source)
    }

    private static func manager(_ name: String = "Login") -> KeyManager {
        KeyManager(
            id: name, tenant: .superTenant, name: name, displayName: name, type: "CustomKeyManager", description: "",
            isEnabled: true,
            tokenType: .direct, endpoints: [:], issuer: "", alias: "", certificates: nil, grantTypes: [],
            abilities: KeyManager.Abilities(), consumerKeyClaim: "azp", scopesClaim: "scope", claimMappings: [], tokenRules: [],
            properties: JSONObject(), secrets: [:], permission: KeyManager.Permission(), organizations: [], version: 1)
    }

    /// Whether a question to the key manager was asked.
    private func ask(_ name: String = "Login", answers: Bool) async -> Bool {
        var isAsked = false
        _ = try? await circuits.ask(Self.manager(name)) {
            isAsked = true
            if !answers { throw Silence() }
        }
        return isAsked
    }

    @Test("after some questions in a row without answer they are not asked for a while, then once")
    func leavesAlone() async {
        for _ in 0..<3 { #expect(await ask(answers: false)) }
        #expect(await !ask(answers: true))
        clock.advance(seconds: 4)
        #expect(await !ask(answers: true))
        clock.advance(seconds: 1)
        #expect(await ask(answers: false))
        #expect(await !ask(answers: true))
        clock.advance(seconds: 5)
        #expect(await ask(answers: true))
        for _ in 0..<2 { #expect(await ask(answers: false)) }
        #expect(await ask(answers: true))
    }

    @Test("one answer among the questions is enough")
    func answersNowAndThen() async {
        for _ in 0..<4 {
            for _ in 0..<2 { #expect(await ask(answers: false)) }
            #expect(await ask(answers: true))
        }
    }

    @Test("each stands for itself")
    func apart() async {
        for _ in 0..<3 { #expect(await ask("Alpha", answers: false)) }
        #expect(await !ask("Alpha", answers: true))
        #expect(await ask("Beta", answers: true))
    }

    @Test("the error is that of a key manager that failed")
    func error() async throws {
        for _ in 0..<3 { #expect(await ask(answers: false)) }
        let error = await #expect(throws: CatalogueError.self) { try await circuits.ask(Self.manager()) {} }
        #expect(error?.code == 902_004)
    }

    @Test("while one question is tried, the others do not wait for it")
    func triesOne() async throws {
        for _ in 0..<3 { #expect(await ask(answers: false)) }
        clock.advance(seconds: 5)
        try await circuits.ask(Self.manager()) { #expect(await !ask(answers: true)) }
        #expect(await ask(answers: true))
    }

    @Test("who gives up waiting says nothing of the key manager")
    func cancelled() async {
        for _ in 0..<5 {
            let task = Task { [circuits] in
                try await circuits.ask(Self.manager()) {
                    withUnsafeCurrentTask { $0?.cancel() }
                    throw CancellationError()
                }
            }
            _ = await task.result
        }
        #expect(await ask(answers: true))
    }
}
