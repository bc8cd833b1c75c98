extension ProxyConnection {
    /// When ``expired(at:)`` is due, on the monotonic clock in milliseconds.
    public var wakeUp: Int64 { clientStallEnd ?? deadline }

    /// Whether the client takes no more of its answers.
    public var isClientBlocked: Bool { clientStallEnd != nil }

    /// Whether bytes of the client would begin a request or go on with its head. The transport passes none of these while answers wait
    /// to be sent: a client that asks and never reads would fill the memory.
    public var startsRequest: Bool { clientState == .idle || clientState == .head }

    /// The transport could send the client nothing more (`false`), or sent all that waited (`true`). To be called again for what the
    /// client takes in between: each piece gives it new time. Meanwhile the silence of an upstream that nobody reads is no fault of it.
    public func clientTakes(_ takesAll: Bool, at now: WireInstant) {
        guard !takesAll else {
            if clientStallEnd != nil { resume(at: now) }
            return
        }
        clientStallEnd = now.milliseconds + context.timeouts.body
    }

    /// The peers have had no chance to keep their deadlines, so these start anew.
    private func resume(at now: WireInstant) {
        clientStallEnd = nil
        switch clientState {
        case .idle: deadline = now.milliseconds + context.timeouts.keepAlive
        case .head: deadline = now.milliseconds + context.timeouts.head
        case .body, .collecting, .discarding: deadline = now.milliseconds + context.timeouts.body
        case .sent: deadline = now.milliseconds + upstreamTimeout
        case .closed: deadline = now.milliseconds + context.timeouts.linger
        case .waiting, .parked: break
        }
    }

    /// The client has taken nothing for too long.
    func giveUpClient(at now: WireInstant) -> ProxyActions {
        clientStallEnd = nil
        if clientState != .closed { exchange.errorCode = Self.clientTakesNothing }
        return clientClosed(at: now).union(.abortClient)
    }

    /// The code of an answer that could not be sent.
    private static var clientTakesNothing: Int32 { 101_000 }
}
