/// Decides on each request. Without an API in its snapshot it knows no resource: every request is refused with 404.
public class RequestPipeline {
    public init() {}

    /// Makes a snapshot the one that requests from now on start with.
    public func install(_ snapshot: Snapshot) {}

    /// Decides on a request; what it decides lies in the exchange.
    public func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, nowMilliseconds: Int64
    ) -> Verdict {
        exchange.answer.status = 404
        return .answer
    }

    /// Decides what follows a failed upstream.
    public func upstreamFailed(
        _ failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> FailureAction {
        exchange.errorCode = failure.rawValue
        exchange.answer.status = 500
        return .answer
    }

    /// Notes that an upstream is well.
    public func upstreamAnswered(_ exchange: Exchange) {}

    /// Fills in the answer to a request that is wrong on the wire.
    public func refuse(_ problem: WireProblem, _ exchange: Exchange) { exchange.answer.status = problem.status }

    /// Writes the log line and the event of a finished request.
    public func account(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {}
}
