import Synchronization

@testable import GatewayCore

/// What the pipelines of a test's loops saw.
final class PipelineRecord: Sendable {
    private let accounted = Mutex<[(status: Int32, errorCode: Int32)]>([])

    var count: Int { accounted.withLock { $0.count } }
    var last: (status: Int32, errorCode: Int32)? { accounted.withLock { $0.last } }
    func add(status: Int32, errorCode: Int32) { accounted.withLock { $0.append((status, errorCode)) } }
}

/// Sends everything to one upstream, or to several in turn after failures.
final class ForwardingPipeline: RequestPipeline {
    private let upstreams: [Upstream]
    private let record: PipelineRecord
    private var failures = 0

    init(to upstreams: [Upstream], record: PipelineRecord) {
        self.upstreams = upstreams
        self.record = record
        super.init()
    }

    override func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, nowMilliseconds: Int64
    ) -> Verdict {
        failures = 0
        if head.bytes(head.path).elementsEqual("/refused".utf8) {
            exchange.answer.status = 403
            exchange.answer.headerLines = Array("Content-Type: text/plain\r\n".utf8)
            exchange.answer.body = Array("no".utf8)
            return .answer
        }
        exchange.upstream = upstreams.first
        exchange.suffix = head.target
        exchange.addedResponseLines = Array("activityid: 1\r\n".utf8)
        return .forward
    }

    override func upstreamFailed(
        _ failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> FailureAction {
        failures += 1
        if canRepeat, failures < upstreams.count {
            exchange.upstream = upstreams[failures]
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
        record.add(status: exchange.status, errorCode: exchange.errorCode)
    }
}
