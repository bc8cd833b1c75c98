extension ProxyConnection {
    /// An upstream connection is there; the request's head is now in `context.toUpstream`. The transport passes kept bytes of the client
    /// again after this.
    public func upstreamReady(isReused: Bool, at now: WireInstant) {
        guard upstreamState == .acquiring, let upstream = exchange.upstream else { return }
        if let draft = exchange.requestDraft {
            RequestHeadWriter.write(draft.head, exchange, to: upstream, into: context.toUpstream)
        } else {
            RequestHeadWriter.write(head, exchange, to: upstream, into: context.toUpstream)
        }
        if let record = exchange.record { record.noteUpstreamHead(context.toUpstream.bytes) }
        if let body = exchange.requestBody { context.toUpstream.append(body) }
        upstreamState = .head
        upstreamWasReused = isReused
        responseParser.reset()
        partialResponse?.removeAll()
        interimAnswers = 0
        exchange.times.upstreamStarted = now.nanoseconds
        clientState = requestBody.isFinished ? .sent : .body
        deadline = now.milliseconds + (clientState == .sent ? upstreamTimeout : bodyPatience)
    }

    /// Bytes came from the upstream. All are consumed.
    public func upstreamBytes(_ bytes: UnsafeRawBufferPointer, at now: WireInstant) -> ProxyStep {
        var step = ProxyStep()
        step.consumed = bytes.count
        var offset = 0
        extendDeadline(at: now)
        while upstreamState == .head {
            guard let end = readResponseHead(bytes, from: offset, &step, at: now) else { return step }
            offset = end
        }
        if upstreamState == .body {
            passResponse(bytes, from: offset, &step, at: now)
        } else if upstreamState == .collecting {
            collectResponse(bytes, from: offset, &step, at: now)
        } else if offset < bytes.count, step.actions.contains(.releaseUpstream) {
            // Bytes behind the answer that belong to none.
            step.actions = step.actions.subtracting(.releaseUpstream).union(.dropUpstream)
        }
        return step
    }

    /// Each piece of the answer gives both sides new time. A client that gets its answer while it still sends, as streams of gRPC do, need
    /// not hurry with the rest.
    private func extendDeadline(at now: WireInstant) {
        if clientState == .sent {
            deadline = now.milliseconds + upstreamTimeout
        } else if clientState == .body, upstreamState == .body {
            deadline = now.milliseconds + max(upstreamTimeout, context.timeouts.body)
        }
    }

    /// Reads one head, interim or final, and answers where it ends; nil when more bytes are needed or the head is wrong.
    private func readResponseHead(
        _ bytes: UnsafeRawBufferPointer, from offset: Int, _ step: inout ProxyStep, at now: WireInstant
    ) -> Int? {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        if rest.isEmpty { return nil }
        if exchange.times.upstreamFirstByte == 0 { exchange.times.upstreamFirstByte = now.nanoseconds }
        let earlier = partialResponse?.count ?? 0
        if earlier > 0 { partialResponse?.append(rest) }
        switch responseParser.parse(earlier > 0 ? partialResponse?.bytes ?? rest : rest, into: &context.response) {
        case .incomplete:
            if earlier == 0 { keepPartial(rest) }
            return nil
        case .malformed:
            step.actions = upstreamFailed(.protocolViolation, at: now)
            return nil
        case .complete:
            let end = offset + context.response.byteCount - earlier
            guard acceptResponseHead(&step, at: now) else {
                step.actions = upstreamFailed(.protocolViolation, at: now)
                return nil
            }
            partialResponse?.removeAll()
            responseParser.reset()
            return end
        }
    }

    private func keepPartial(_ bytes: UnsafeRawBufferPointer) {
        let buffer = partialResponse ?? OutputBuffer(capacity: 4096)
        partialResponse = buffer
        buffer.append(bytes)
    }

    /// Passes the head on; false for a protocol switch that nobody asked for, and for more interim answers than a request may have.
    private func acceptResponseHead(_ step: inout ProxyStep, at now: WireInstant) -> Bool {
        if context.response.isInterim {
            interimAnswers += 1
            guard context.response.status != 101, interimAnswers <= context.limits.interimAnswers else { return false }
            if head.minorVersion > 0 { passInterim(at: now) }
            return true
        }
        if let record = exchange.record { record.noteResponse(context.response) }
        exchange.upstreamStatus = context.response.status
        exchange.status = context.response.status
        context.pipeline.upstreamAnswered(exchange)
        if context.response.status == 401, let actions = answerChallenge(at: now) {
            step.actions = actions
            return true
        }
        let framing = context.response.framing(isHeadRequest: asksUpstreamForHead)
        responseBody = BodyFramer(framing, limits: context.limits)
        upstreamKeepsAlive = context.response.keepsAlive && framing != .untilClose && !context.response.announcesForbiddenBody
        if exchange.caching != nil,
            context.pipeline.noteForCache(context.response, exchange, nowMilliseconds: now.epochMilliseconds)
        {
            step.actions = respondFromCache(at: now)
        } else if exchange.watchesResponse || exchange.requestDraft != nil && asksUpstreamForHead != isHeadRequest {
            step.actions = respond(at: now)
        } else {
            startResponse(context.response, at: now)
        }
        return true
    }

    /// Sends the answer's head; its body follows as it comes.
    func startResponse(_ response: ResponseHead, at now: WireInstant) {
        let framing = responseBody.framing
        // HTTP/1.0 knows no chunks: such a client gets the data alone, up to the end of its connection.
        decodesResponse = framing == .chunked && head.minorVersion == 0
        if framing == .untilClose || decodesResponse || context.endsConnections || mustCloseAfterEarlyAnswer {
            closesAfterAnswer = true
        }
        upstreamState = .body
        let terms = ResponseHeadWriter.Terms(
            clientMinorVersion: head.minorVersion, closes: closesAfterAnswer,
            isChunked: framing == .chunked && !decodesResponse,
            isTLS: facts.isTLS)
        if !response.hasDate { addDate(at: now) }
        let start = context.toClient.count
        ResponseHeadWriter.write(response, to: head, exchange, terms, into: context.toClient)
        if let record = exchange.record { record.noteAnswer(context.toClient.bytes, from: start) }
    }

    /// Has the head that is about to be written say the time.
    func addDate(at now: WireInstant) {
        context.date.update(epochMilliseconds: now.epochMilliseconds)
        exchange.addedResponseLines.append(context.date.line)
    }

    private func passResponse(
        _ bytes: UnsafeRawBufferPointer, from offset: Int, _ step: inout ProxyStep, at now: WireInstant
    ) {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        let taken: Int
        let caching = exchange.caching
        if decodesResponse {
            let output = context.toClient
            taken = responseBody.take(rest) { [record = exchange.record] data in
                output.append(data)
                record?.noteResponseBody(data)
                caching?.record(data)
            }
        } else if let record = exchange.record, record.keepsBodies {
            taken = responseBody.take(rest) { data in
                record.noteResponseBody(data)
                caching?.record(data)
            }
            step.passThrough = offset..<offset + taken
        } else {
            taken = caching == nil ? responseBody.take(rest) : responseBody.take(rest) { caching?.record($0) }
            step.passThrough = offset..<offset + taken
        }
        exchange.responseBodyBytes = responseBody.contentBytes
        if responseBody.isBroken {
            step.passThrough = 0..<0
            step.actions = upstreamFailed(.protocolViolation, at: now)
        } else if responseBody.isFinished {
            step.actions = finishResponse(isClean: taken == rest.count, at: now)
        }
    }

    /// How many of the answer's next bytes the transport may pass to the client without showing them to the connection. 0 when somebody
    /// wants to see them, or when only they tell where the answer ends.
    public var unseenBytes: Int64 {
        guard upstreamState == .body, case .length(let rest) = responseBody.framing else { return 0 }
        return exchange.caching == nil && exchange.record == nil ? rest : 0
    }

    /// Whether the last answer said how long it is, so that most of it need not be read if it is long.
    public var answerHasLength: Bool {
        if case .length = responseBody.framing { true } else { false }
    }

    /// The transport has passed some of the ``unseenBytes``.
    ///
    /// - Parameter isClean: for the last of them, whether the upstream has sent nothing behind them.
    public func passedUnseen(_ count: Int, isClean: Bool, at now: WireInstant) -> ProxyActions {
        extendDeadline(at: now)
        responseBody.skip(Int64(count))
        exchange.responseBodyBytes = responseBody.contentBytes
        return responseBody.isFinished ? finishResponse(isClean: isClean, at: now) : []
    }

    /// The answer is complete. `isClean` is false when bytes followed that belong to no answer.
    private func finishResponse(isClean: Bool, at now: WireInstant) -> ProxyActions {
        let isReusable = isClean && upstreamKeepsAlive && clientState == .sent
        exchange.times.upstreamEnded = now.nanoseconds
        exchange.caching?.finish()
        upstreamState = .none
        return finish(at: now).union(isReusable ? .releaseUpstream : .dropUpstream)
    }

    /// Getting or using the upstream connection failed, or the upstream closed it (`closed`).
    public func upstreamFailed(_ failure: UpstreamFailure, at now: WireInstant) -> ProxyActions {
        switch upstreamState {
        case .none: return []
        case .body:
            if failure == .closed, responseBody.framing == .untilClose { return finishResponse(isClean: true, at: now) }
            return truncate(failure, at: now)
        case .collecting where failure == .closed && responseBody.framing == .untilClose:
            return responseCollected(isClean: true, at: now)
        case .acquiring, .head, .collecting: break
        }
        let drop: ProxyActions = .dropUpstream
        let canRepeat = isUntouched && (upstreamState == .acquiring || isIdempotent)
        if upstreamState == .head, upstreamWasReused, canRepeat, failure != .timedOut, !wantsFreshUpstream {
            // The upstream closed a kept connection while the request was on its way: the connection's fault, not the upstream's.
            wantsFreshUpstream = true
            return acquire(at: now).union(drop)
        }
        return moveOn(from: failure, canRepeat: canRepeat, at: now)
    }

    /// Goes to another endpoint, if there is one that the request may be sent to, or tells the client.
    func moveOn(from failure: UpstreamFailure, canRepeat: Bool, at now: WireInstant) -> ProxyActions {
        upstreamState = .none
        switch context.pipeline.upstreamFailed(failure, exchange, canRepeat: canRepeat, nowMilliseconds: now.epochMilliseconds)
        {
        case .retry: return acquire(at: now).union(.dropUpstream)
        case .answer: return answer(at: now).union(.dropUpstream)
        }
    }

    /// Part of the answer is sent: all that is left is to end the connection, so that the client sees that it is incomplete. Where the
    /// end of the connection is the end of the answer, only a reset shows that.
    private func truncate(_ failure: UpstreamFailure, at now: WireInstant) -> ProxyActions {
        exchange.errorCode = failure.rawValue
        exchange.times.upstreamEnded = now.nanoseconds
        upstreamState = .none
        clientState = .closed
        account(at: now)
        return [.dropUpstream, responseBody.framing == .untilClose || decodesResponse ? .abortClient : .closeClient]
    }
}
