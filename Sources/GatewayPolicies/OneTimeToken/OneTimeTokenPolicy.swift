import GatewayCore
import Model
import Synchronization

/// `revokeOneTimeToken`: lets a token with a certain scope pass once.
struct OneTimeTokenPolicy: FlowPolicy {
    private let scope: String
    private let tokens: OneTimeTokens

    init(_ parameters: PolicyParameters, _ tokens: OneTimeTokens) throws(PolicyProblem) {
        scope = try parameters.required("scope")
        self.tokens = tokens
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let token = visit.token, visit.hasScope(scope) else { return .next }
        return tokens.spend(token, nowMilliseconds: visit.now) ? .next : .refused(.spentToken)
    }
}

extension Refusal {
    static let spentToken = Refusal(
        code: 900_901, status: 401, message: "Invalid Credentials",
        description: "Invalid Credentials. The token could be used once, and was", blamesClient: true)
}

/// The one-time tokens that were used. One for all loops of a gateway, so that two requests at the same moment cannot both pass.
public final class OneTimeTokens: Sendable {
    private struct State {
        var spent: [String: Int64] = [:]
        var nextCleaning: Int64 = 0
    }

    private let state = Mutex(State())
    private let report: (@Sendable (_ token: SpentToken) -> Void)?

    /// - Parameter report: tells of each token that is used now, so that it is revoked everywhere. Must not wait.
    public init(report: (@Sendable (SpentToken) -> Void)? = nil) { self.report = report }

    /// Notes the use of a token; false if it was used before.
    func spend(_ token: SpentToken, nowMilliseconds: Int64) -> Bool {
        let isFirst = state.withLock { state in
            if state.nextCleaning <= nowMilliseconds {
                state.spent = state.spent.filter { $0.value > nowMilliseconds }
                state.nextCleaning = nowMilliseconds + 60_000
            }
            return state.spent.updateValue(token.expiresMilliseconds, forKey: token.id) == nil
        }
        if isFirst { report?(token) }
        return isFirst
    }
}
