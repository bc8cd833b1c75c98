import GatewayCore
import Model

/// One API that is open to everybody and answers each request with its body.
enum FrameScenery {
    /// Small, so that small inputs reach them.
    static let limits: WireLimits = {
        var limits = WireScenery.limits
        limits.bodyBytes = 512
        limits.discardedBytes = 256
        return limits
    }()

    static func pipeline() -> RequestPipeline {
        WireScenery.pipeline(snapshot) { $0.policyBodyBytes = 400 }
    }

    private static let snapshot: Snapshot = {
        var builder = SnapshotBuilder(policies: EchoPolicies())
        var api = WireScenery.api
        api.policies = GatewayPolicyFlows(request: [GatewayPolicyUse(name: "echo", version: "v1")])
        builder.apply([.put(.api(api))])
        return builder.build()
    }()
}

/// Knows one policy, which answers each request with its body.
private struct EchoPolicies: FlowPolicySource {
    func maker() -> (GatewayPolicyUse) -> AnyFlowPolicy { { _ in AnyFlowPolicy(EchoPolicy()) } }
}

private struct EchoPolicy: FlowPolicy {
    let needsBody = true

    func apply(to visit: PolicyVisit) -> StageOutcome {
        visit.exchange.answer.status = 200
        visit.exchange.answer.body = visit.body ?? []
        return .answered
    }
}
