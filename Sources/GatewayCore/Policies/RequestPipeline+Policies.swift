import Model

extension RequestPipeline {
    /// The stage: what the policies of API and operation do to the request.
    func applyRequestPolicies(
        _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        guard let flows = operation.flows else { return .next }
        if !flows.response.isEmpty { exchange.watchesResponse = true }
        let visit = PolicyVisit(flow: .request, exchange: exchange, now: call.now, head: head, pipeline: self)
        return apply(flows.request, to: visit)
    }

    /// The stage: what they do to the upstream's answer.
    func applyResponsePolicies(
        _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        guard let flows = operation.flows else { return .next }
        return apply(
            flows.response, to: PolicyVisit(flow: .response, exchange: exchange, now: call.now, head: head, pipeline: self))
    }

    /// Applies policies from `exchange.policyPosition` on.
    private func apply(_ policies: [any FlowPolicy], to visit: PolicyVisit) -> StageOutcome {
        let exchange = visit.exchange
        while exchange.policyPosition < policies.count {
            let policy = policies[exchange.policyPosition]
            if policy.needsBody, visit.body == nil { return .needsBody(limit: settings.policyBodyBytes) }
            exchange.policyPosition += 1
            switch policy.apply(to: visit) {
            case .next: continue
            case let outcome: return outcome
            }
        }
        return .next
    }

    /// Has the policies for faults change the gateway's own answer. Does nothing for requests to no known API or operation.
    func applyFaultPolicies(_ exchange: Exchange) {
        guard exchange.operation >= 0, let api = exchange.snapshot?.apis[exchange.api],
            let policies = api.operations[Int(exchange.operation)].flows?.fault, !policies.isEmpty
        else { return }
        exchange.editAnswer { _ in
            let visit = PolicyVisit(flow: .fault, exchange: exchange, now: 0, head: nil, pipeline: self)
            for policy in policies { _ = policy.apply(to: visit) }
        }
    }
}
