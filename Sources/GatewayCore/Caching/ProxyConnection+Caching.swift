extension ProxyConnection {
    /// Sends the kept answer that lies in the exchange instead of the upstream's, whose head has no body.
    func respondFromCache(at now: WireInstant) -> ProxyActions {
        let isReusable = upstreamKeepsAlive && clientState == .sent
        exchange.times.upstreamEnded = now.nanoseconds
        upstreamState = .none
        let verdict = context.pipeline.respond(to: head, facts, exchange, nowMilliseconds: now.epochMilliseconds)
        return followResponse(verdict, at: now).union(isReusable ? .releaseUpstream : .dropUpstream)
    }
}
