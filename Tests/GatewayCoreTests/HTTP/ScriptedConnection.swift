@testable import GatewayCore

/// Decides as a test says.
final class ScriptedPipeline: RequestPipeline {
    var verdict = Verdict.forward
    var upstreams = [ScriptedConnection.upstream()]
    var answerStatus: Int32 = 403
    var prepare: (RequestHead, Exchange) -> Void = { _, _ in }
    private(set) var failures: [UpstreamFailure] = []
    private(set) var repeatable: [Bool] = []
    private(set) var accounted: [(status: Int32, errorCode: Int32, sent: Int64, received: Int64)] = []
    /// How long the accounted requests took.
    private(set) var milliseconds: [Int64] = []

    override func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, _ foresight: ContextForesight,
        nowMilliseconds: Int64
    ) -> Verdict {
        exchange.upstream = upstreams.first
        exchange.suffix = head.target
        exchange.answer.status = answerStatus
        exchange.answer.body = Array("body".utf8)
        prepare(head, exchange)
        return verdict
    }

    override func upstreamFailed(
        _ failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> FailureAction {
        failures.append(failure)
        repeatable.append(canRepeat)
        if canRepeat, failures.count < upstreams.count {
            exchange.upstream = upstreams[failures.count]
            return .retry
        }
        exchange.errorCode = failure.rawValue
        exchange.answer.status = 500
        exchange.answer.body = Array("\(failure.rawValue)".utf8)
        return .answer
    }

    override func refuse(_ problem: WireProblem, _ exchange: Exchange) { exchange.answer.status = problem.status }

    override func account(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        accounted.append((exchange.status, exchange.errorCode, exchange.requestBodyBytes, exchange.responseBodyBytes))
        milliseconds.append(exchange.times.milliseconds(from: exchange.times.received, to: exchange.times.answered))
    }
}

/// A connection with text in and out, in the place of a transport.
final class ScriptedConnection {
    let pipeline = ScriptedPipeline()
    let context: WireContext
    let connection: ProxyConnection
    var milliseconds: UInt64 = 1_000_000
    /// Everything sent so far.
    var toClient = ""
    var toUpstream = ""
    /// Whether ``toClient`` has the dates that the gateway adds.
    var showsDates = false
    /// Bytes that the connection did not take.
    private(set) var held: [UInt8] = []

    /// - Parameter other: decides in the place of ``pipeline``.
    init(limits: WireLimits = WireLimits(), isTLS: Bool = false, pipeline other: RequestPipeline? = nil) {
        context = WireContext(pipeline: other ?? pipeline, limits: limits)
        let facts = ConnectionFacts(peerAddress: Array("127.0.0.1".utf8), isTrustedProxy: true, isTLS: isTLS, localPort: 8280)
        connection = ProxyConnection(
            context: context, facts: facts,
            at: WireInstant(nanoseconds: 1_000_000_000_000, epochMilliseconds: 1_700_000_000_000))
    }

    static func upstream(_ name: String = "backend", prefix: String = "/v1", pool: Int = 0) -> Upstream {
        Upstream(
            pool: pool, host: name, port: 80, isTLS: false, hostField: Array("\(name):80".utf8), pathPrefix: Array(prefix.utf8),
            url: Array("http://\(name):80\(prefix)".utf8), timeoutMilliseconds: 1000)
    }

    var now: WireInstant {
        WireInstant(nanoseconds: milliseconds * 1_000_000, epochMilliseconds: 1_700_000_000_000 + Int64(milliseconds))
    }

    /// What an answer without a date is given now.
    var dateLine: String {
        var date = DateField()
        date.update(epochMilliseconds: now.epochMilliseconds)
        return String(decoding: date.line, as: UTF8.self)
    }

    private func drain() {
        let sent = String(decoding: context.toClient.bytes, as: UTF8.self)
        toClient += showsDates ? sent : sent.replacing(dateLine, with: "")
        toUpstream += String(decoding: context.toUpstream.bytes, as: UTF8.self)
        context.toClient.removeAll()
        context.toUpstream.removeAll()
    }

    /// Feeds text after what was held; stops where the connection stops taking it.
    @discardableResult
    func client(_ text: String) -> ProxyActions {
        held += Array(text.utf8)
        var actions: ProxyActions = []
        while !held.isEmpty {
            let step = held.withUnsafeBytes { connection.clientBytes($0, at: now) }
            drain()
            toUpstream += String(decoding: held[step.passThrough], as: UTF8.self)
            held.removeFirst(step.consumed)
            actions.formUnion(step.actions)
            if step.consumed == 0 || actions.contains(.handOver) { break }
        }
        return actions
    }

    /// The upstream connection is there.
    @discardableResult
    func ready(isReused: Bool = false) -> ProxyActions {
        connection.upstreamReady(isReused: isReused, at: now)
        drain()
        return client("")
    }

    @discardableResult
    func upstream(_ text: String) -> ProxyActions {
        let bytes = Array(text.utf8)
        let step = bytes.withUnsafeBytes { connection.upstreamBytes($0, at: now) }
        drain()
        toClient += String(decoding: bytes[step.passThrough], as: UTF8.self)
        return step.actions
    }

    @discardableResult
    func fails(_ failure: UpstreamFailure) -> ProxyActions {
        let actions = connection.upstreamFailed(failure, at: now)
        drain()
        return actions
    }

    /// Runs the errand that the connection waits for, and brings back its result.
    @discardableResult
    func runErrand(number: UInt32? = nil) async -> ProxyActions {
        guard let work = connection.exchange.errand?.work else { return [] }
        let result = await work()
        let actions = connection.errandEnded(result, number: number ?? connection.errandNumber, at: now)
        drain()
        return actions
    }

    /// The upstream has not looked at the request.
    @discardableResult
    func refuses() -> ProxyActions {
        let actions = connection.upstreamRefused(at: now)
        drain()
        return actions
    }

    /// The client closes.
    @discardableResult
    func close() -> ProxyActions {
        let actions = connection.clientClosed(at: now)
        drain()
        return actions
    }

    /// Lets time pass up to the deadline.
    @discardableResult
    func expire() -> ProxyActions {
        milliseconds = UInt64(connection.wakeUp)
        let actions = connection.expired(at: now)
        drain()
        return actions
    }
}
