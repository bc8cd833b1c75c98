import Foundation
import Model
import Testing

@Suite("Health checks of endpoints")
struct HealthCheckTests {
    private let check = GatewayHealthCheck(
        path: "/up", intervalMilliseconds: 500, timeoutMilliseconds: 50, failures: 5, successes: 4)

    @Test("an endpoint that says nothing is checked only if the gateway checks all")
    func defaults() {
        #expect(HealthCheckDefaults(isEnabled: false, check: check).check(with: nil) == nil)
        #expect(HealthCheckDefaults(isEnabled: true, check: check).check(with: nil) == check)
    }

    @Test("an endpoint says what it wants otherwise, member by member", arguments: [false, true])
    func overrides(_ isEnabled: Bool) {
        let defaults = HealthCheckDefaults(isEnabled: isEnabled, check: check)
        #expect(defaults.check(with: GatewayHealthCheckTerms(isEnabled: false, path: "/mine")) == nil)
        #expect(defaults.check(with: GatewayHealthCheckTerms()) == check)
        let own = defaults.check(with: GatewayHealthCheckTerms(path: "/mine", failures: 1))
        #expect(
            own
                == GatewayHealthCheck(
                    path: "/mine", intervalMilliseconds: 500, timeoutMilliseconds: 50, failures: 1, successes: 4))
    }

    @Test("what earlier releases have stored stays a check")
    func decodesEarlier() throws {
        let text = #"{"path":"/a","intervalMilliseconds":1,"timeoutMilliseconds":2,"failures":3,"successes":4}"#
        let terms = try JSONDecoder().decode(GatewayHealthCheckTerms.self, from: Data(text.utf8))
        #expect(terms.isEnabled && terms.path == "/a" && terms.successes == 4)
    }
}
