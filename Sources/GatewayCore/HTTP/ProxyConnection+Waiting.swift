extension ProxyConnection {
    // MARK: Errands

    /// Leaves the exchange alone until its errand has ended.
    func park(at now: WireInstant) -> ProxyActions {
        guard let errand = exchange.errand, context.allowance.parkedRequests.take() else {
            context.pipeline.refuse(.tooManyWaiting, exchange)
            return answer(at: now)
        }
        stateBeforeErrand = clientState
        clientState = .parked
        errandNumber &+= 1
        deadline = now.milliseconds + errand.timeoutMilliseconds
        return .runErrand
    }

    /// The work of an errand has answered. Of an errand that was cancelled or has run out of time nothing is heard any more, whatever
    /// the transport does.
    ///
    /// - Parameter number: ``errandNumber`` at the time of ``ProxyActions/runErrand``.
    public func errandEnded(_ result: ErrandResult, number: UInt32, at now: WireInstant) -> ProxyActions {
        guard clientState == .parked, number == errandNumber else { return [] }
        return leaveErrand(with: result, at: now)
    }

    func leaveErrand(with result: ErrandResult, at now: WireInstant) -> ProxyActions {
        context.allowance.parkedRequests.giveBack()
        clientState = stateBeforeErrand
        return goOn(with: result, at: now)
    }

    /// Has the pipeline decide again.
    func goOn(with result: ErrandResult?, at now: WireInstant) -> ProxyActions {
        let verdict = context.pipeline.goOn(head, facts, exchange, with: result, nowMilliseconds: now.epochMilliseconds)
        return exchange.stage < .responsePolicies ? follow(verdict, at: now) : followResponse(verdict, at: now)
    }

    // MARK: Bodies of requests

    /// Takes the request's whole body before the request goes on.
    func startCollecting(at now: WireInstant) -> ProxyActions {
        exchange.requestBody = []
        if requestBody.isFinished { return goOn(with: nil, at: now) }
        if let length = requestBody.remaining {
            guard length <= exchange.collectionLimit else { return abandonBody(.bodyTooLarge, at: now) }
            guard hold(Int(length)) else { return refuseForLackOfMemory(at: now) }
            exchange.requestBody?.reserveCapacity(Int(length))
        }
        if head.expectsContinue {
            sendInvitation()
        }
        clientState = .collecting
        deadline = now.milliseconds + context.timeouts.body
        return []
    }

    func collectBody(_ bytes: UnsafeRawBufferPointer, _ step: inout ProxyStep, at now: WireInstant) {
        let isChunked = requestBody.remaining == nil
        let exchange = exchange
        step.consumed = requestBody.take(bytes) { exchange.requestBody?.append(contentsOf: $0) }
        exchange.requestBodyBytes = requestBody.contentBytes
        if requestBody.isBroken {
            step.actions = abandonBody(.malformedChunk, at: now)
        } else if requestBody.contentBytes > min(Int64(exchange.collectionLimit), context.limits.bodyBytes) {
            step.actions = abandonBody(.bodyTooLarge, at: now)
        } else if isChunked, !hold(step.consumed) {
            step.actions = refuseForLackOfMemory(at: now)
        } else if requestBody.isFinished {
            step.actions = goOn(with: nil, at: now)
        } else {
            deadline = now.milliseconds + context.timeouts.body
        }
    }

    /// Counts bytes that are held for this exchange; false, and nothing is counted, if the gateway holds too many.
    func hold(_ bytes: Int) -> Bool {
        guard context.allowance.collectedBytes.take(bytes) else { return false }
        collectedBytes += bytes
        return true
    }

    func refuseForLackOfMemory(at now: WireInstant) -> ProxyActions {
        let drop: ProxyActions = upstreamState == .none ? [] : .dropUpstream
        upstreamState = .none
        context.pipeline.refuse(.tooManyWaiting, exchange)
        exchange.answer.closes = true
        return answer(at: now).union(drop)
    }
}
