extension ProxyConnection {
    /// Whether the rest of the request's body is too much to throw away, or will never come, so that the connection cannot be kept.
    var mustCloseAfterEarlyAnswer: Bool {
        if requestBody.isFinished { return false }
        if head.expectsContinue, !sentContinue { return true }
        return requestBody.remaining.map { $0 > context.limits.discardedBytes } ?? false
    }

    /// Sends `exchange.answer`.
    func answer(at now: WireInstant) -> ProxyActions {
        if exchange.answer.closes || context.endsConnections || mustCloseAfterEarlyAnswer { closesAfterAnswer = true }
        exchange.status = exchange.answer.status
        exchange.responseBodyBytes = Int64(exchange.answer.body.count)
        context.date.update(epochMilliseconds: now.epochMilliseconds)
        let start = context.toClient.count
        AnswerWriter.write(
            exchange.answer, added: exchange.addedResponseLines.bytes, date: context.date.line,
            clientMinorVersion: head.minorVersion,
            closes: closesAfterAnswer, isHeadRequest: isHeadRequest, into: context.toClient)
        if let record = exchange.record { record.noteAnswer(context.toClient.bytes, from: start) }
        return finish(at: now)
    }

    /// Answers a request whose head is not fit to be decided on; such a connection is not kept, as its framing cannot be trusted.
    func refuse(_ problem: WireProblem, at now: WireInstant) -> ProxyActions {
        let received = exchange.times.received
        exchange.reset()
        exchange.times.received = received
        head.method = .empty
        head.minorVersion = 1
        requestBody = BodyFramer(.none, limits: context.limits)
        context.pipeline.refuse(problem, exchange)
        exchange.answer.closes = true
        return answer(at: now).subtracting(.closeClient).union(.lingerClient)
    }

    /// Ends a request whose body came wrong or not at all.
    func abandonBody(_ problem: WireProblem, at now: WireInstant) -> ProxyActions {
        let drop: ProxyActions = upstreamState == .none ? [] : .dropUpstream
        if upstreamState == .body {
            upstreamState = .none
            clientState = .closed
            account(at: now)
            return drop.union(.closeClient)
        }
        upstreamState = .none
        context.pipeline.refuse(problem, exchange)
        exchange.answer.closes = true
        return answer(at: now).union(drop)
    }

    /// Everything of the answer is on its way: accounts for the exchange and prepares the connection for what follows.
    func finish(at now: WireInstant) -> ProxyActions {
        account(at: now)
        if closesAfterAnswer {
            clientState = .closed
            deadline = now.milliseconds + context.timeouts.linger
            return requestBody.isFinished ? .closeClient : .lingerClient
        }
        if requestBody.isFinished {
            becomeIdle(at: now)
        } else {
            clientState = .discarding
            deadline = now.milliseconds + context.timeouts.body
        }
        return []
    }

    /// Writes the exchange's log line and event, and lets go of the snapshot and of bodies, so that an idle connection keeps no memory.
    func account(at now: WireInstant) {
        // Also of a request that has no answer, or a part of one: it took its time.
        exchange.times.answered = now.nanoseconds
        context.pipeline.account(exchange, head.method.isEmpty ? nil : head, nowMilliseconds: now.epochMilliseconds)
        exchange.letGo()
        if collectedBytes > 0 {
            context.allowance.collectedBytes.giveBack(collectedBytes)
            collectedBytes = 0
        }
    }
}
