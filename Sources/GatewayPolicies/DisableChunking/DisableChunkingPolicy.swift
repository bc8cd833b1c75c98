import GatewayCore

/// `disableChunking`: sends the body with its length. That takes no more than collecting it.
struct DisableChunkingPolicy: FlowPolicy {
    let needsBody = true

    func apply(to visit: PolicyVisit) -> StageOutcome { .next }
}
