import GatewayCore
import Logging

/// A custom policy: a Lua script (`docs/custom-policies.md`).
struct LuaPolicy: FlowPolicy {
    let needsBody: Bool
    /// Name and version.
    let title: String
    let parameters: [String: String]
    /// Number of the script in the workshop.
    let script: Int
    let workshop: LuaWorkshop

    func apply(to visit: PolicyVisit) -> StageOutcome {
        // Scripts see texts, not what a content coding makes of them.
        guard needsBody, visit.value(of: .contentEncoding) != nil, visit.body?.isEmpty == false else { return run(visit) }
        return visit.withContent(workshop.services.limits, work: { $0 }) { content in
            visit.replaceContent(content)
            return run(visit)
        }
    }

    private func run(_ visit: PolicyVisit) -> StageOutcome {
        let logger = workshop.services.logger
        let host = LuaHost(visit: visit, policy: self)
        let states = visit.loopState(of: workshop.identity, owner: workshop) { LuaStates(workshop) }
        switch states.call("on_\(visit.flow.rawValue)", of: script, host) {
        case .done: return .next
        case .refused(let status, let message): return .refused(.byScript(status, message))
        case .failed(let reason):
            logger.warning(
                "script failed", metadata: ["policy": "\(title)", "request": "\(visit.requestID)", "reason": "\(reason)"])
            // A script that fails must not let pass what it may have been meant to keep out.
            return .refused(.scriptFailed(title))
        }
    }
}

extension Refusal {
    /// What a script said with `refuse`.
    static func byScript(_ status: Int32, _ message: String) -> Refusal {
        Refusal(
            code: status, status: status, message: status < 500 ? "Refused" : "Runtime Error",
            description: message, shape: .fault)
    }

    static func scriptFailed(_ title: String) -> Refusal {
        Refusal(
            code: 500, status: 500, message: "Runtime Error", description: "The policy \(title) failed", shape: .fault)
    }
}
