/// Requests that an upstream of HTTP/2 has given back without having looked at them.
extension ProxyConnection {
    /// Whether nothing of the request's body was passed on without being kept, and nothing of an answer has come.
    var isUntouched: Bool {
        !sentBody && !sentInterim && (partialResponse?.isEmpty ?? true) && exchange.times.upstreamFirstByte == 0
    }

    /// The request was certainly not processed: it was refused as such, came after the last one that the upstream served before it took
    /// leave, or was never sent. It may then be sent again whatever its method (RFC 9113 §8.7): once over another connection, and then to
    /// other endpoints as after any failure.
    public func upstreamRefused(at now: WireInstant) -> ProxyActions {
        guard upstreamState == .head || upstreamState == .acquiring, isUntouched else {
            return upstreamFailed(.closed, at: now)
        }
        guard !wantsFreshUpstream else { return moveOn(from: .closed, canRepeat: true, at: now) }
        wantsFreshUpstream = true
        exchange.attempts -= 1
        return acquire(at: now).union(.dropUpstream)
    }
}
