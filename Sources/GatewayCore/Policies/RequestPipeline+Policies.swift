import Model

extension RequestPipeline {
    /// The stage: what the policies of gateway, API and operation do to the request.
    func applyRequestPolicies(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        if operation.flows == nil, call.snapshot.globalPolicies.isEmpty { return .next }
        let outer = call.snapshot.globalPolicies[api.globalPolicies]
        let inner = operation.flows
        if outer?.response.isEmpty == false || inner?.response.isEmpty == false { exchange.watchesResponse = true }
        let readsAnswers = outer?.readsAnswers ?? false || inner?.readsAnswers ?? false
        if readsAnswers, exchange.policyPosition == 0 { narrowCodings(exchange.editRequest(head)) }
        let visit = PolicyVisit(flow: .request, exchange: exchange, now: call.now, head: head, pipeline: self)
        let outcome = apply(outer?.request ?? [], inner?.request ?? [], to: visit)
        guard case .answered = outcome else { return outcome }
        return passAnswer(exchange, nowMilliseconds: call.now)
    }

    /// Has the policies of the response flow work on an answer that did not come from an upstream, as they would on one that did.
    func passAnswer(_ exchange: Exchange, nowMilliseconds: Int64) -> StageOutcome {
        guard exchange.watchesResponse else { return .answered }
        exchange.draftAnswer(nowMilliseconds: nowMilliseconds)
        exchange.stage = .responsePolicies
        exchange.policyPosition = 0
        return .again
    }

    /// The stage: what they do to the upstream's answer.
    func applyResponsePolicies(
        _ api: CompiledAPI, _ operation: CompiledOperation, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> StageOutcome {
        let visit = PolicyVisit(flow: .response, exchange: exchange, now: call.now, head: head, pipeline: self)
        let outer = call.snapshot.globalPolicies[api.globalPolicies]
        return apply(outer?.response ?? [], operation.flows?.response ?? [], to: visit)
    }

    /// Applies policies, those of the gateway first, from `exchange.policyPosition` on.
    private func apply(_ outer: [any FlowPolicy], _ inner: [any FlowPolicy], to visit: PolicyVisit) -> StageOutcome {
        let exchange = visit.exchange
        while exchange.policyPosition < outer.count + inner.count {
            let position = exchange.policyPosition
            let policy = position < outer.count ? outer[position] : inner[position - outer.count]
            if visit.body == nil, policy.needsBody(of: visit) { return .needsBody(limit: settings.policyBodyBytes) }
            exchange.policyPosition += 1
            switch policy.apply(to: visit) {
            case .next: continue
            case let outcome: return outcome
            }
        }
        return .next
    }

    /// Asks the upstream for no content coding that policies cannot take off.
    private func narrowCodings(_ draft: RequestDraft) {
        guard let accepted = draft.value(of: .acceptEncoding) else { return }
        let takesGzip = accepted.withUnsafeBytes { Bytes.firstIndex(of: "gzip", inAnyCase: $0) != nil }
        draft.set(.acceptEncoding, to: Array((takesGzip ? "gzip" : "identity").utf8))
    }

    /// Has the policies for faults change the gateway's own answer. Does nothing for requests to no known API or operation.
    func applyFaultPolicies(to refusal: Refusal, _ exchange: Exchange, _ head: RequestHead?) {
        guard exchange.operation >= 0, let snapshot = exchange.snapshot, let api = snapshot.apis[exchange.api] else { return }
        let outer = snapshot.globalPolicies[api.globalPolicies]?.fault ?? []
        let inner = api.operations[Int(exchange.operation)].flows?.fault ?? []
        if outer.isEmpty, inner.isEmpty { return }
        exchange.editAnswer { _ in
            let visit = PolicyVisit(
                flow: .fault, exchange: exchange, now: 0, refusal: refusal, head: head ?? exchange.presentHead?(),
                pipeline: self)
            for policy in outer + inner { _ = policy.apply(to: visit) }
        }
    }
}
