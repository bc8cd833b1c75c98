import Counters
import Model

/// Decides on each request of one event loop: which API and operation it is for, whether it may pass, and where it goes.
///
/// Confined to its loop; it takes no lock on the plain path and allocates nothing there. Only the quota counters and the state of
/// endpoints are shared with other loops, through atomics.
public class RequestPipeline {
    let settings: PipelineSettings
    /// What new requests start with.
    public private(set) final var snapshot: Snapshot
    let admission: QuotaAdmission
    /// What the request at hand is told about its quotas.
    let rateLimits = RateLimitFields()
    /// Counters of conditional groups by group, those of requests in no group first.
    var conditionBuckets: [DerivedBuckets] = []
    var ruleBuckets = RuleBuckets()
    let credentialCache: CredentialCache
    var failureLimiter: FailureLimiter
    var passwordLimiter: FailureLimiter
    let passwordDigest: PasswordDigest
    /// The field of backend tokens in lower case.
    let backendTokenField: [UInt8]
    /// UUIDs of the API keys that were used since the last report.
    var usedKeys: [String] = []
    /// Number of the next report of key uses.
    var keyUseReport: UInt32 = 1
    /// When the keys of a key manager may be asked for again, by tenant and name.
    var keyRefreshes: [String: Int64] = [:]
    /// What back ends were told, or have asked.
    var endpointCredentials = EndpointCredentials()
    let random: RandomSource
    private var requestIDs: RequestIDGenerator
    /// Grows with each forwarded request: whose turn it is among endpoints, per loop.
    var turn = 0
    /// Sub paths in one spelling, if a request's spelling is another.
    var normalizedPath: [UInt8] = []
    /// Key of an anonymous caller.
    var anonymousKey: [UInt8] = []
    /// Stands in for the credential of anonymous callers that are not counted apart.
    let anyone = Credential.anonymous()
    /// Where answers are kept for the APIs that want it; shared by all pipelines of the gateway.
    public var responseCache: ResponseCache?
    let policyStates = PolicyStates()
    let dynamicUpstreams: DynamicUpstreams
    let eventWriter: EventWriter
    let accessLogWriter: AccessLogWriter
    /// Where refusals and traced requests are remembered; `nil` remembers nothing.
    let decisions: DecisionRing?
    let decisionWriter = DecisionWriter()
    let drain: DrainSignal
    /// `nil` where nobody reads metrics.
    public let metrics: LoopMetrics?
    let observation: CallObservation
    let tracer: CallTracer?
    /// When the errand that was last gone on with had its answer, milliseconds since 1970.
    private(set) var answered: Int64 = 0
    /// Whether the snapshot asks for more logs than the usual ones.
    private var logsCalls = false

    /// - Parameters:
    ///   - quotas: shared by all pipelines of the gateway.
    ///   - drain: tells that the gateway is about to stop; shared by all pipelines of the gateway.
    ///   - observers: what watches the calls of all pipelines of the gateway.
    ///   - random: seeds hash tables and request ids.
    public init(
        settings: PipelineSettings = PipelineSettings(), quotas: QuotaCounters = QuotaCounters(), snapshot: Snapshot = .empty,
        drain: DrainSignal = DrainSignal(), observers: GatewayObservers = GatewayObservers(),
        random: RandomSource = .system
    ) {
        self.settings = settings
        dynamicUpstreams = DynamicUpstreams(proxy: settings.proxy)
        decisions = observers.decisions?.makeRing()
        self.random = random
        self.snapshot = snapshot
        self.drain = drain
        metrics = observers.metrics?.makeLoop()
        observation = CallObservation(observers)
        tracer = observers.tracing.map { CallTracer($0, random: random) }
        logsCalls = !snapshot.logging.isEmpty
        let seed = random.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        admission = QuotaAdmission(counters: quotas)
        credentialCache = CredentialCache(capacity: settings.credentialCacheCapacity, seed: seed)
        failureLimiter = FailureLimiter(perSecond: settings.failedCredentialsPerSecond, seed: seed)
        passwordLimiter = FailureLimiter(perSecond: settings.credentials.passwordsPerSecond, seed: seed)
        backendTokenField = Array((settings.backendTokens?.header ?? "").lowercased().utf8)
        passwordDigest = PasswordDigest(key: random.bytes(32))
        requestIDs = RequestIDGenerator(random: random)
        eventWriter = EventWriter(settings)
        accessLogWriter = AccessLogWriter()
    }

    /// Lines of the access log, a request a line.
    public var accessLog: LogBuffer { accessLogWriter.buffer }
    /// Analytics events, a JSON object a line.
    public var analytics: LogBuffer { eventWriter.buffer }
    /// Whether one of them should be taken now.
    public final var hasFullLog: Bool { eventWriter.buffer.isFull || accessLogWriter.buffer.isFull }

    /// Makes a snapshot the one that requests from now on start with. Credentials in the cache are looked up in it before their next use.
    public func install(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        logsCalls = !snapshot.logging.isEmpty
        policyStates.clean()
    }

    /// Decides on a request; what it decides lies in the exchange.
    ///
    /// - Parameter foresight: what the snapshot of now has told about the request's context.
    func decide(
        _ head: inout RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange,
        _ foresight: ContextForesight = ContextForesight(), nowMilliseconds: Int64
    ) -> Verdict {
        begin(exchange)
        let head = head  // One copy of the references, not one a call.
        let snapshot = snapshot
        exchange.snapshot = snapshot
        let call = Call(head, connection, snapshot, nowMilliseconds, foresight)
        exchange.verb = call.verb
        identify(head, call.fields, connection, exchange)
        exchange.refusalFormat = RefusalFormat.of(call, head)
        if let tracer { tracer.begin(head, isTLS: connection.isTLS, exchange) }
        let outcome = run(call, head, exchange)
        if logsCalls { observation.begin(exchange) }
        return verdict(on: outcome, head, exchange)
    }

    /// Decides on the answer of the upstream, which lies in the exchange as a draft; only asked if stages watch it.
    public func respond(
        to head: RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, nowMilliseconds: Int64
    ) -> Verdict {
        exchange.stage = .responsePolicies
        exchange.policyPosition = 0
        let call = Call(head, connection, exchange.snapshot ?? snapshot, nowMilliseconds)
        return verdict(on: run(call, head, exchange), head, exchange)
    }

    /// Goes on at the stage that wanted a body, which is there now, or waited for an errand, which has come to `result`.
    public func goOn(
        _ head: RequestHead, _ connection: ConnectionFacts, _ exchange: Exchange, with result: ErrandResult?,
        nowMilliseconds: Int64
    ) -> Verdict {
        let errand = exchange.errand
        exchange.errand = nil
        answered = nowMilliseconds
        // Only then: an errand may have changed the snapshot.
        let outcome = result.flatMap { errand?.resume(with: $0) } ?? .again
        let call = Call(head, connection, exchange.snapshot ?? snapshot, nowMilliseconds)
        switch outcome {
        case .next where exchange.stage.isLast && !exchange.stage.holdsPolicies: return .forward
        case .next where !exchange.stage.holdsPolicies:
            exchange.stage = exchange.stage.following
            return verdict(on: run(call, head, exchange), head, exchange)
        case .next, .again: return verdict(on: run(call, head, exchange), head, exchange)
        case let outcome: return verdict(on: outcome, head, exchange)
        }
    }

    private func verdict(on outcome: StageOutcome, _ head: RequestHead, _ exchange: Exchange) -> Verdict {
        switch outcome {
        case .next, .again: return .forward
        case .answered: return .answer
        case .refused(var refusal):
            if refusal.status == 401, exchange.stage <= .authorize {
                refusal.challenge = exchange.snapshot?.apis[exchange.api]?.security.challenge
            }
            refuse(refusal, exchange, head)
            return .answer
        case .needsBody(let limit):
            exchange.collectionLimit = limit
            return .collect
        case .waits(let errand):
            exchange.errand = errand
            return .wait
        }
    }

    /// Decides what follows a failed upstream: another endpoint, if there is one and the request can be repeated, or an answer.
    public func upstreamFailed(
        _ failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> FailureAction {
        if moveOn(from: failure, exchange, canRepeat: canRepeat, nowMilliseconds: nowMilliseconds) { return .retry }
        refuse(.endpointFailed(failure.rawValue), exchange)
        return .answer
    }

    /// Notes that an upstream is well.
    public func upstreamAnswered(_ exchange: Exchange) {
        exchange.eventPlaces.fetch()
        if exchange.isEndpointBlemished { endpoint(of: exchange)?.state.succeed() }
    }

    /// Fills in the answer to a request that is wrong on the wire.
    public func refuse(_ problem: WireProblem, _ exchange: Exchange) {
        if exchange.snapshot == nil { begin(exchange) }
        if exchange.requestID.isEmpty { identify(exchange) }
        exchange.answer.headerLines.removeAll(keepingCapacity: true)
        // No stage has found it, not even the one that collects the body.
        exchange.stage = .match
        refuse(Refusal(problem), exchange)
    }

    /// Writes the log line and the event of a finished request.
    ///
    /// - Parameter head: `nil` if no head could be read.
    public func account(_ exchange: Exchange, _ head: RequestHead?, nowMilliseconds: Int64) {
        if !exchange.byteCharges.isEmpty { chargeBytes(exchange, nowMilliseconds: nowMilliseconds) }
        if exchange.isRecorded { explain(exchange, head, nowMilliseconds: nowMilliseconds) }
        if let metrics { metrics.count(exchange) }
        if let tracer { tracer.end(exchange, head, nowMilliseconds: nowMilliseconds) }
        if logsCalls { observation.end(exchange, head, nowMilliseconds: nowMilliseconds) }
        if settings.writesAccessLog { accessLogWriter.append(exchange, head, nowMilliseconds: nowMilliseconds) }
        if settings.writesEvents { eventWriter.append(exchange, head, nowMilliseconds: nowMilliseconds) }
    }

    // MARK: Beginning and refusing

    private func begin(_ exchange: Exchange) {
        exchange.clientAddress.removeAll()
        exchange.userName.removeAll()
        exchange.isAuthenticated = false
        exchange.usesInternalKey = false
        exchange.endpoint = -1
        exchange.refusalFormat = .json
        if !exchange.byteCharges.isEmpty { exchange.byteCharges.removeAll(keepingCapacity: true) }
    }

    /// Sets the request's id and the client's address.
    private func identify(
        _ head: RequestHead, _ fields: RequestFields, _ connection: ConnectionFacts, _ exchange: Exchange
    ) {
        ClientAddress.append(head, fields, connection, to: exchange.clientAddress)
        exchange.isRecorded = fields.trace >= 0 || fields.internalKey >= 0
        let given = RequestFields.value(fields.activityID, head)
        if Self.isUsableID(given) {
            exchange.requestID.append(given)
            exchange.addedResponseLines.append("activityid: ")
            exchange.addedResponseLines.append(given)
            exchange.addedResponseLines.append("\r\n")
        } else {
            identify(exchange)
            exchange.addedRequestLines.append(exchange.addedResponseLines.bytes)
            if fields.activityID >= 0, fields.activityID < 64 { exchange.removedFields |= 1 << UInt64(fields.activityID) }
        }
    }

    /// Gives the request an id of ours; its line is the first of the added ones.
    private func identify(_ exchange: Exchange) {
        requestIDs.makeLine()
        requestIDs.append(id: exchange.requestID, line: exchange.addedResponseLines)
    }

    /// An id for the record of a request that came with one.
    func makeID() -> [UInt8] {
        requestIDs.makeLine()
        return Array(requestIDs.id)
    }

    /// Visible ASCII that needs no escaping in quotes, at most 64 bytes.
    private static func isUsableID(_ id: UnsafeRawBufferPointer) -> Bool {
        (1...64).contains(id.count) && id.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    }

    /// Answers with a refusal, as the API's policies for faults change it.
    ///
    /// - Parameter head: where it is at hand; else it is asked for if a policy wants it.
    func refuse(_ refusal: Refusal, _ exchange: Exchange, _ head: RequestHead? = nil) {
        exchange.errorCode = refusal.code
        exchange.isRecorded = true
        // In the place of an answer that was a draft already comes one of its own, which has the lines, too.
        if exchange.responseDraft != nil { exchange.addedResponseLines.set(exchange.draftedLines) }
        exchange.answer.headerLines.removeAll(keepingCapacity: true)
        RefusalWriter.write(refusal, exchange.refusalFormat, into: &exchange.answer)
        applyFaultPolicies(to: refusal, exchange, head)
    }
}
