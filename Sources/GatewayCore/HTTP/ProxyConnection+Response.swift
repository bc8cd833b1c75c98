/// Answers that stages watch. All others pass without a look.
extension ProxyConnection {
    /// The final answer's head is there.
    func respond(at now: WireInstant) -> ProxyActions {
        exchange.draftResponse(context.response)
        let verdict = context.pipeline.respond(to: head, facts, exchange, nowMilliseconds: now.epochMilliseconds)
        return followResponse(verdict, at: now)
    }

    /// Does what the pipeline decided on the upstream's answer.
    func followResponse(_ verdict: Verdict, at now: WireInstant) -> ProxyActions {
        switch verdict {
        case .forward: return forwardResponse(at: now)
        case .answer: return letUpstreamGo().union(answer(at: now))
        case .collect: return startCollectingResponse(at: now)
        case .wait:
            if exchange.responseBody != nil { return park(at: now) }
            exchange.collectionLimit = context.pipeline.settings.policyBodyBytes
            waitsAfterCollecting = true
            return startCollectingResponse(at: now)
        }
    }

    private func letUpstreamGo() -> ProxyActions {
        if upstreamState == .none { return [] }
        upstreamState = .none
        return .dropUpstream
    }

    private func forwardResponse(at now: WireInstant) -> ProxyActions {
        guard let draft = exchange.responseDraft else { return [] }
        exchange.status = draft.status
        if exchange.responseBody == nil, keepsFraming(draft) {
            draft.noteDate()
            startResponse(draft.head, at: now)
            return []
        }
        let drop = letUpstreamGo()
        sendCollected(draft, at: now)
        return drop.union(finish(at: now))
    }

    /// Whether the upstream's body can follow the draft: a status with a body must not become one without, nor the other way round, and an
    /// upstream that policies asked for a head alone sends no body, while one that they asked for more does to a client that wants none.
    private func keepsFraming(_ draft: ResponseDraft) -> Bool {
        guard asksUpstreamForHead == isHeadRequest else { return false }
        return draft.status == exchange.upstreamStatus || isHeadRequest || draft.allowsBody && responseBody.framing != .none
    }

    /// Sends head and body of an answer that was collected, or that goes on without its body.
    private func sendCollected(_ draft: ResponseDraft, at now: WireInstant) {
        let body = draft.allowsBody && !isHeadRequest ? exchange.responseBody ?? [] : []
        draft.head.isChunked = false
        if !isHeadRequest { draft.head.contentLength = draft.status == 304 ? -1 : Int64(body.count) }
        if context.endsConnections || mustCloseAfterEarlyAnswer { closesAfterAnswer = true }
        let terms = ResponseHeadWriter.Terms(
            clientMinorVersion: head.minorVersion, closes: closesAfterAnswer, isChunked: false, isTLS: facts.isTLS)
        draft.noteDate()
        if !draft.head.hasDate { addDate(at: now) }
        let start = context.toClient.count
        ResponseHeadWriter.write(draft.head, to: head, exchange, terms, into: context.toClient)
        if let record = exchange.record { record.noteAnswer(context.toClient.bytes, from: start) }
        context.toClient.append(body)
        exchange.responseBodyBytes = Int64(body.count)
    }

    // MARK: Bodies of answers

    /// Takes the answer's whole body before the answer goes on; what has come of it follows at once.
    private func startCollectingResponse(at now: WireInstant) -> ProxyActions {
        exchange.responseBody = []
        upstreamState = .collecting
        if let length = responseBody.remaining {
            guard length <= exchange.collectionLimit else { return refuseLongAnswer(at: now) }
            guard hold(Int(length)) else { return refuseForLackOfMemory(at: now) }
            exchange.responseBody?.reserveCapacity(Int(length))
        }
        return []
    }

    func collectResponse(
        _ bytes: UnsafeRawBufferPointer, from offset: Int, _ step: inout ProxyStep, at now: WireInstant
    ) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let hasLength = responseBody.remaining != nil
        let exchange = exchange
        let taken = responseBody.take(rest) { exchange.responseBody?.append(contentsOf: $0) }
        if responseBody.isBroken {
            step.actions = upstreamFailed(.protocolViolation, at: now)
        } else if responseBody.contentBytes > Int64(exchange.collectionLimit) {
            step.actions = refuseLongAnswer(at: now)
        } else if !hasLength, !hold(taken) {
            step.actions = refuseForLackOfMemory(at: now)
        } else if responseBody.isFinished {
            step.actions = responseCollected(isClean: taken == rest.count, at: now)
        }
    }

    private func refuseLongAnswer(at now: WireInstant) -> ProxyActions {
        context.pipeline.refuse(.answerTooLarge, exchange)
        return letUpstreamGo().union(answer(at: now))
    }

    /// The answer is there; the upstream connection serves others while the stages go on.
    func responseCollected(isClean: Bool, at now: WireInstant) -> ProxyActions {
        let isReusable = isClean && upstreamKeepsAlive && clientState == .sent
        exchange.times.upstreamEnded = now.nanoseconds
        exchange.responseBody?.withUnsafeBytes { exchange.caching?.record($0) }
        exchange.caching?.finish()
        upstreamState = .none
        let actions = waitsAfterCollecting ? park(at: now) : goOn(with: nil, at: now)
        waitsAfterCollecting = false
        return actions.union(isReusable ? .releaseUpstream : .dropUpstream)
    }
}
