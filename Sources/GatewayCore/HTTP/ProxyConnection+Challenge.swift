/// Answers of upstreams that want another credential than the gateway has sent.
extension ProxyConnection {
    /// The head of an answer 401 is there. Has the request sent again if a better credential is to be had; `nil` if the answer goes on as it is.
    func answerChallenge(at now: WireInstant) -> ProxyActions? {
        guard exchange.challengesLeft > 0 else { return nil }
        let canRepeat = requestBody.isFinished && (exchange.requestBody != nil || !sentBody)
        let verdict = context.pipeline.challenged(by: context.response, head, exchange, canRepeat: canRepeat)
        guard let verdict else { return nil }
        // The rest of the answer is not read, so its connection cannot be kept.
        upstreamState = .none
        exchange.upstreamStatus = -1
        exchange.times.upstreamFirstByte = 0
        exchange.attempts -= 1
        return follow(verdict, at: now).union(.dropUpstream)
    }
}
