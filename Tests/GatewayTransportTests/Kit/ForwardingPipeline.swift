import Synchronization

@testable import GatewayCore

/// What the pipelines of a test's loops saw.
final class PipelineRecord: Sendable {
    struct Entry: Sendable, Equatable {
        var status: Int32
        var errorCode: Int32
    }

    let accounted = Observed<[Entry]>([])
    /// Called on the loop that accounts for a request, before anything follows.
    let whenAccounted = Mutex<@Sendable () -> Void>({})

    var count: Int { accounted.value.count }
    var last: Entry? { accounted.value.last }

    /// Waits until so many requests have been accounted for.
    @discardableResult
    func wait(for count: Int) async -> [Entry] { await accounted.wait { $0.count >= count } }
}

/// Sends everything to one upstream, or to several in turn after failures.
final class ForwardingPipeline: RequestPipeline {
    private let upstreams: [Upstream]
    private let record: PipelineRecord

    init(to upstreams: [Upstream], record: PipelineRecord) {
        self.upstreams = upstreams
        self.record = record
        super.init()
    }

    override func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, _ foresight: ContextForesight,
        nowMilliseconds: Int64
    ) -> Verdict {
        if head.bytes(head.path).elementsEqual("/refused".utf8) {
            exchange.answer.status = 403
            exchange.answer.headerLines = Array("Content-Type: text/plain\r\n".utf8)
            exchange.answer.body = Array("no".utf8)
            return .answer
        }
        exchange.upstream = upstreams.first
        exchange.suffix = head.target
        exchange.addedResponseLines.append("activityid: 1\r\n")
        return .forward
    }

    override func upstreamFailed(
        _ failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> FailureAction {
        if canRepeat, Int(exchange.attempts) < upstreams.count {
            exchange.upstream = upstreams[Int(exchange.attempts)]
            return .retry
        }
        exchange.errorCode = failure.rawValue
        exchange.answer.status = 500
        exchange.answer.body = Array("\(failure.rawValue)".utf8)
        return .answer
    }

    override func refuse(_ problem: WireProblem, _ exchange: Exchange) {
        exchange.answer.status = problem.status
        exchange.answer.body = Array("\(problem)".utf8)
    }

    override func account(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        record.whenAccounted.withLock { $0 }()
        record.accounted.change { $0.append(.init(status: exchange.status, errorCode: exchange.errorCode)) }
    }
}
