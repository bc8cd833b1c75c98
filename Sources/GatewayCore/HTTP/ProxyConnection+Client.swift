extension ProxyConnection {
    /// Bytes came from the client, or are passed again.
    public func clientBytes(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) -> ProxyStep {
        var step = ProxyStep()
        switch clientState {
        case .idle, .head: readHead(bytes, &step, at: now)
        case .waiting, .sent, .parked: break
        case .collecting: collectBody(bytes, &step, at: now)
        case .body: passBody(bytes, &step, at: now)
        case .discarding: discardBody(bytes, &step, at: now)
        case .closed: step.consumed = bytes.count
        }
        return step
    }

    private func readHead(_ bytes: UnsafeRawBufferPointer, _ step: inout ProxyStep, at now: WireInstant) {
        if clientState == .idle {
            clientState = .head
            exchange.times.received = now.nanoseconds
            deadline = now.milliseconds + context.timeouts.head
        }
        let earlier = headBytes.count
        let pipeline = context.pipeline
        var foresight = earlier == 0 ? pipeline.snapshot.contexts.foresee(bytes) : ContextForesight()
        if earlier > 0 {
            headBytes.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(context.limits.headBytes + 4 - earlier)))
        }
        let shown = earlier > 0 ? headBytes.bytes : bytes
        switch headParser.parse(shown, into: &head, whenFound: { pipeline.snapshot.contexts.follow(&foresight) }) {
        case .incomplete:
            if earlier == 0 { headBytes.append(bytes) }
            step.consumed = bytes.count
        case .refused(let problem):
            if context.handsOver, beginsHTTP2(shown) {
                head.byteCount = headBytes.count
                step.consumed = headBytes.count - earlier
                step.actions = .handOver
                return
            }
            step.consumed = bytes.count
            step.actions = refuse(problem, at: now)
        case .complete:
            foresight.fetchWorkingSet()
            if earlier == 0 { headBytes.append(UnsafeRawBufferPointer(rebasing: bytes[..<head.byteCount])) }
            head.base = headBytes.start
            step.consumed = head.byteCount - earlier
            step.actions = context.handsOver && asksForUpgrade ? .handOver : begin(foresight, at: now)
        }
    }

    private func begin(_ foresight: ContextForesight, at now: WireInstant) -> ProxyActions {
        let received = exchange.times.received
        exchange.reset()
        exchange.times.received = received
        sentBody = false
        sentInterim = false
        sentContinue = false
        waitsAfterCollecting = false
        discarded = 0
        wantsFreshUpstream = false
        closesAfterAnswer = !head.keepsAlive
        requestBody = BodyFramer(framing(of: head.body), limits: context.limits, isRequest: true)
        if let length = requestBody.remaining, length > context.limits.bodyBytes { return refuse(.bodyTooLarge, at: now) }
        let verdict = context.pipeline.decide(&head, facts, exchange, foresight, nowMilliseconds: now.epochMilliseconds)
        return follow(verdict, at: now)
    }

    /// Does what the pipeline decided on the request.
    func follow(_ verdict: Verdict, at now: WireInstant) -> ProxyActions {
        switch verdict {
        case .answer: answer(at: now)
        // What is to be sent is there already if it was kept from an earlier request.
        case .forward: exchange.responseDraft == nil ? acquire(at: now) : followResponse(.forward, at: now)
        case .collect: startCollecting(at: now)
        case .wait: park(at: now)
        }
    }

    private func framing(of body: RequestHead.BodyFraming) -> BodyFramer.Framing {
        switch body {
        case .none: .none
        case .length(let length): .length(length)
        case .chunked: .chunked
        }
    }

    private func passBody(_ bytes: UnsafeRawBufferPointer, _ step: inout ProxyStep, at now: WireInstant) {
        let taken: Int
        if let record = exchange.record, record.keepsBodies {
            taken = requestBody.take(bytes) { record.noteRequestBody($0) }
        } else {
            taken = requestBody.take(bytes)
        }
        exchange.requestBodyBytes = requestBody.contentBytes
        step.consumed = taken
        guard !requestBody.isBroken, requestBody.contentBytes <= context.limits.bodyBytes else {
            step.consumed = bytes.count
            step.actions = abandonBody(requestBody.isBroken ? .malformedChunk : .bodyTooLarge, at: now)
            return
        }
        step.passThrough = 0..<taken
        sentBody = sentBody || taken > 0
        if requestBody.isFinished {
            clientState = .sent
            deadline = now.milliseconds + upstreamTimeout
        } else {
            deadline = now.milliseconds + context.timeouts.body
        }
    }

    private func discardBody(_ bytes: UnsafeRawBufferPointer, _ step: inout ProxyStep, at now: WireInstant) {
        let taken = requestBody.take(bytes)
        discarded += Int64(taken)
        step.consumed = taken
        if requestBody.isBroken || discarded > context.limits.discardedBytes {
            clientState = .closed
            step.consumed = bytes.count
            step.actions = .lingerClient
            deadline = now.milliseconds + context.timeouts.linger
        } else if requestBody.isFinished {
            becomeIdle(at: now)
        }
    }

    /// Waits for a connection to the upstream that the pipeline chose.
    func acquire(at now: WireInstant) -> ProxyActions {
        clientState = .waiting
        upstreamState = .acquiring
        exchange.attempts += 1
        upstreamTimeout = Int64(exchange.upstream?.timeoutMilliseconds ?? 60_000)
        deadline = now.milliseconds + upstreamTimeout
        return .acquireUpstream
    }

    /// Ready for the next request.
    func becomeIdle(at now: WireInstant) {
        clientState = .idle
        headBytes.removeAll()
        headBytes.shrink(to: 4096)
        headParser.reset()
        deadline = now.milliseconds + context.timeouts.keepAlive
    }
}
