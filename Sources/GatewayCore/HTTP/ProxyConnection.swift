/// One client connection, from accept to close: reads requests in order, has the pipeline decide, passes bytes both ways and answers
/// what goes wrong. It does no I/O: the transport passes bytes and events in and performs what comes out, on the connection's loop.
///
/// All that a transport needs: pass events to `clientBytes`, `clientClosed`, `upstreamReady`, `upstreamBytes`, `upstreamFailed`,
/// `errandEnded` and, at ``deadline``, `expired`; after each of them send and empty the context's buffers, then do what the
/// ``ProxyActions`` say.
public final class ProxyConnection {
    enum ClientState {
        /// Between requests; no byte of the next one has come.
        case idle
        case head
        /// The request is decided and waits for an upstream connection; its body is not read.
        case waiting
        case body
        /// The request's body is collected before the request goes on.
        case collecting
        /// The request waits for an errand; nothing of the client is read.
        case parked
        /// The request is complete; what follows belongs to the next one.
        case sent
        /// The request was answered early; the rest of its body is thrown away.
        case discarding
        case closed
    }

    enum UpstreamState {
        case none, acquiring, head, body
        /// The answer's body is collected before the answer goes on.
        case collecting
    }

    public let exchange = Exchange()
    /// When the exchange has waited long enough for its peers, on the monotonic clock in milliseconds.
    var deadline: Int64
    /// Whether ``ProxyActions/acquireUpstream`` asks for a new connection, because a kept one had been closed by the upstream.
    public internal(set) var wantsFreshUpstream = false
    /// Set by the transport while the upstream takes no more of the body: then a stall is not the client's.
    public var isUpstreamBlocked = false
    /// While the client takes no more of its answers: when to give it up.
    var clientStallEnd: Int64?

    /// Tells errands apart: what ``errandEnded(_:number:at:)`` is passed must be of the last ``ProxyActions/runErrand``.
    public internal(set) var errandNumber: UInt32 = 0

    var context: WireContext
    /// What is known of the client; a TLS handshake may add to it before the first request.
    public var facts: ConnectionFacts
    var clientState = ClientState.idle
    var upstreamState = UpstreamState.none
    /// The head's bytes; ``head`` points into them until the exchange ends.
    let headBytes = OutputBuffer(capacity: 1024)
    var headParser: HeadParser
    var head: RequestHead
    private let headFields = FieldTable()
    var requestBody: BodyFramer
    var sentBody = false
    var discarded: Int64 = 0
    /// Bytes of this exchange that are taken from the allowance of collected bodies.
    var collectedBytes = 0
    /// Whether the client was told to go on with its body, by the upstream or by the gateway itself.
    var sentContinue = false
    /// What the state of a parked request was.
    var stateBeforeErrand = ClientState.waiting
    /// Whether an errand is due when the answer is collected.
    var waitsAfterCollecting = false

    /// The bytes of an answer's head that came in pieces.
    var partialResponse: OutputBuffer?
    var responseParser: ResponseHeadParser
    var responseBody: BodyFramer
    var decodesResponse = false
    var upstreamKeepsAlive = true
    /// How long the upstream of the request at hand may take, in milliseconds.
    var upstreamTimeout: Int64 = 60_000
    var upstreamWasReused = false
    var closesAfterAnswer = false
    var sentInterim = false
    /// Interim answers that the upstream has given to the request at hand.
    var interimAnswers = 0

    public init(context: WireContext, facts: ConnectionFacts, at now: WireInstant) {
        self.context = context
        self.facts = facts
        headParser = HeadParser(limits: context.limits)
        responseParser = ResponseHeadParser(limits: context.limits)
        head = RequestHead(base: headBytes.start, fields: headFields)
        requestBody = BodyFramer(.none, limits: context.limits)
        responseBody = BodyFramer(.none, limits: context.limits)
        deadline = now.milliseconds + context.timeouts.head
        exchange.isHTTP2 = facts.isHTTP2
        exchange.presentHead = { [unowned self] in head }
    }

    /// What every event of the connection reads.
    package var workingSet: WorkingSet {
        var set = WorkingSet()
        set.add(whole: self)
        set.add(whole: exchange)
        set.add(headBytes, bytes: 256)
        headFields.add(to: &set)
        exchange.add(to: &set)
        return set
    }

    /// Whether no exchange is under way, so that closing the connection harms nobody.
    public var isIdle: Bool { clientState == .idle }
    public var isClosed: Bool { clientState == .closed }

    var isHeadRequest: Bool { Bytes.equal(head.bytes(head.method), "HEAD") }

    /// Whether the upstream was asked for a head alone: policies may have changed the method.
    var asksUpstreamForHead: Bool { exchange.requestDraft.map { Bytes.equal($0.methodBytes, "HEAD") } ?? isHeadRequest }

    /// RFC 9110 §9.2.2: only these may be sent again when it is not known whether the upstream saw them.
    var isIdempotent: Bool {
        let method = exchange.requestDraft?.methodBytes ?? head.bytes(head.method)
        switch method.count {
        case 3: return method.elementsEqual("GET".utf8) || method.elementsEqual("PUT".utf8)
        case 4: return method.elementsEqual("HEAD".utf8)
        case 5: return method.elementsEqual("TRACE".utf8)
        case 6: return method.elementsEqual("DELETE".utf8)
        case 7: return method.elementsEqual("OPTIONS".utf8)
        default: return false
        }
    }

    /// The client closed, or its connection failed.
    public func clientClosed(at now: WireInstant) -> ProxyActions {
        guard clientState != .closed else { return [] }
        let isParked = clientState == .parked
        let isUnderWay = upstreamState != .none || isParked || clientState == .collecting
        clientState = .closed
        guard isUnderWay else { return [] }
        upstreamState = .none
        if isParked { context.allowance.parkedRequests.giveBack() }
        account(at: now)
        return isParked ? [.dropUpstream, .cancelErrand] : .dropUpstream
    }

    /// The client has sent its last byte, and may still read (RFC 9293 §3.6). Answers whether it waits for the answer to a request that it
    /// has sent whole, after which the connection ends; if not, there is nothing left to do for it.
    public func outlivesInput() -> Bool {
        switch clientState {
        case .waiting, .parked, .sent:
            closesAfterAnswer = true
            return requestBody.isFinished
        case .idle, .head, .body, .collecting, .discarding, .closed: return false
        }
    }

    /// The ``deadline`` has passed.
    public func expired(at now: WireInstant) -> ProxyActions {
        if clientStallEnd != nil { return giveUpClient(at: now) }
        switch clientState {
        case .idle, .discarding:
            clientState = .closed
            return .closeClient
        case .head: return refuse(.headTimedOut, at: now)
        case .waiting: return upstreamFailed(.connectTimedOut, at: now)
        case .body where awaitsInvitation: return invite(at: now)
        case .body: return isUpstreamBlocked ? upstreamFailed(.timedOut, at: now) : abandonBody(.bodyTimedOut, at: now)
        case .sent: return upstreamFailed(.timedOut, at: now)
        case .collecting: return abandonBody(.bodyTimedOut, at: now)
        case .parked: return leaveErrand(with: .timedOut, at: now).union(.cancelErrand)
        case .closed: return .closeClient
        }
    }
}
