import Model
import Tokens

/// What a connection knows of its client; fixed for the connection's life.
public struct ConnectionFacts {
    /// The socket's peer address as text, for instance `127.0.0.1`.
    public var peerAddress: [UInt8]
    /// Whether `X-Forwarded-For` of this peer is believed (`trusted_proxies`).
    public var isTrustedProxy: Bool
    public var isTLS: Bool
    /// Whether the connection is one stream of an HTTP/2 connection.
    public var isHTTP2 = false
    /// The listener's port, for instance 8243.
    public var localPort: UInt16
    /// The certificate that the peer has shown in the TLS handshake; not checked against any authority.
    public var clientCertificate: ClientCertificate?
    /// Whether the peer is a proxy that may hand on its client's certificate in a header.
    public var mayForwardCertificates = false

    public init(peerAddress: [UInt8], isTrustedProxy: Bool, isTLS: Bool, localPort: UInt16) {
        self.peerAddress = peerAddress
        self.isTrustedProxy = isTrustedProxy
        self.isTLS = isTLS
        self.localPort = localPort
    }
}

/// The pipeline's decision on a request or on its upstream's answer; details lie in the ``Exchange``.
public enum Verdict: Equatable {
    /// Send the request to `exchange.upstream`, or the upstream's answer to the client.
    case forward
    /// Answer with `exchange.answer` (a refusal, a pre-flight, a built-in page); the body of the request is discarded, and so is an
    /// answer of the upstream.
    case answer
    /// Collect the body of the request, or of the answer, up to `exchange.collectionLimit` bytes, and ask again.
    case collect
    /// Run `exchange.errand` and ask again. An answer of the upstream is collected before.
    case wait
}

/// Why an exchange with an upstream failed; raw values are the codes of `docs/troubleshooting.md`.
public enum UpstreamFailure: Int32, Sendable {
    case sendFailed = 101_500
    case receiveFailed = 101_501
    case connectFailed = 101_503
    case timedOut = 101_504
    case closed = 101_505
    case protocolViolation = 101_506
    case connectTimedOut = 101_508
    /// No endpoint of the group is ready.
    case suspended = 303_001
}

/// What to do after an upstream failed.
public enum FailureAction: Equatable {
    /// Send the request again, to `exchange.upstream`, which is now another one. Only chosen when nothing of the answer was
    /// sent and the request's body can be repeated.
    case retry
    /// Answer with `exchange.answer`.
    case answer
}

/// Milestones of a request on the monotonic clock, in nanoseconds; 0 means not reached.
public struct ExchangeTimes {
    public var received: UInt64 = 0
    public var upstreamStarted: UInt64 = 0
    public var upstreamFirstByte: UInt64 = 0
    public var upstreamEnded: UInt64 = 0
    public var answered: UInt64 = 0

    public init() {}
}

/// Everything that one request in flight carries from decision to accounting. One object a client connection, reused for each
/// of its requests, so that the steady state allocates nothing.
public final class Exchange {
    // Set by the pipeline's decision.

    /// The snapshot that this request started with and keeps.
    public var snapshot: Snapshot?
    /// Indexes into the snapshot; -1 for none.
    public var api: Int32 = -1
    public var operation: Int32 = -1
    public var application: Int32 = -1
    /// The API in all its deployments, for metrics; -1 for none.
    var apiIdentity: Int32 = -1
    /// The request's verb, if it is one that operations can have.
    var verb: Verb?
    public var keyType = KeyType.production
    /// The target as it is without the path of an endpoint with variables; `nil` if none was chosen.
    var plainTarget: PlainTarget?
    /// Where the request goes.
    public var upstream: Upstream?
    /// The target's bytes below the API's context, with query: what is appended to the upstream's path prefix.
    public var suffix = ByteSpan.empty
    /// Whether parameters of the query carry API keys, which do not go to the upstream.
    var removesKeyParameters = false
    /// Bit n set: field n of the head does not go to the upstream. Fields from 64 on always go.
    public var removedFields: UInt64 = 0
    /// Complete header lines (`name: value\r\n`) to add towards the upstream.
    public let addedRequestLines = OutputBuffer(capacity: 128)
    /// Complete header lines to add to the answer (CORS, activity id), unless the upstream sent a field of that name.
    public let addedResponseLines = OutputBuffer(capacity: 256)
    /// Where in ``addedRequestLines`` the gateway's own credential for the upstream lies; empty for none.
    var credentialLines = 0..<0
    /// How often an answer 401 of the upstream may be met with another credential.
    var challengesLeft: UInt8 = 0
    /// What of ``addedResponseLines`` went into ``responseDraft``.
    var draftedLines: [UInt8] = []
    /// The answer that the gateway gives itself.
    public var answer = GatewayAnswer()
    /// The request's id: 36 bytes of UUID text, or what the client sent as `activityid`.
    public let requestID = OutputBuffer(capacity: 64)

    /// Whether a record of the request may have to be kept: it was refused, or is to be traced.
    var isRecorded = false
    /// The client's address as text, for rules, logs and events. Only digits, letters, dots, colons, and `%` before a zone.
    public let clientAddress = OutputBuffer(capacity: 64)
    /// The calling user for logs and events, empty for none: `name@domain`, or `anonymous`.
    public let userName = OutputBuffer(capacity: 64)
    /// Whether the request was authenticated, or needed no credential: only then its success is an event.
    public var isAuthenticated = false
    /// Whether a test key of the publisher was used.
    public var usesInternalKey = false
    /// Set when the errand about the request's token or password has ended without a result.
    var unjudged: UnjudgedCredential?
    /// Index of the chosen endpoint in its group; -1 for none.
    public var endpoint: Int32 = -1
    /// Whether the endpoint had failed before, so that a success changes something.
    var isEndpointBlemished = false
    /// Quotas of bytes that the body is counted on when its length is known.
    var byteCharges: [ByteCharge] = []
    /// The form of refusals that this request calls for.
    var refusalFormat = RefusalWriter.Format.json
    /// Where the pipeline stands.
    var stage = Stage.match
    var credential: Credential?
    var subscription: CompiledSubscription?
    /// Whether stages want to see the upstream's answer.
    package var watchesResponse = false
    /// The policy that is next in a stage of policies.
    var policyPosition = 0
    /// The call's place in a trace; `nil` where calls are not traced.
    var trace: CallTrace?
    /// What an API log tells of the call; `nil` where the call is not logged.
    var record: CallRecord?
    /// What policies leave for later ones of the same request.
    package var policyNotes: [String: [UInt8]] = [:]
    /// The head of the request under way, for policies that come to it without one.
    var presentHead: (() -> RequestHead)?
    /// What the request waits for, after ``Verdict/wait``.
    public var errand: Errand?
    /// How long a body may be, after ``Verdict/collect``.
    public var collectionLimit = 0
    /// What goes to the upstream, if a stage had it changed.
    package var requestDraft: RequestDraft?
    /// What goes to the client, if stages watch the answer.
    package var responseDraft: ResponseDraft?

    // Set by the wire layer.

    /// Whether the client speaks HTTP/2; holds for all requests of its connection.
    var isHTTP2 = false
    public var times = ExchangeTimes()
    /// Status sent to the client.
    public var status: Int32 = 0
    /// Status received from the upstream; -1 for none.
    public var upstreamStatus: Int32 = -1
    /// Code of the refusal or failure, for instance 900901; 0 for none.
    public var errorCode: Int32 = 0
    public var requestBodyBytes: Int64 = 0
    public var responseBodyBytes: Int64 = 0
    /// The request's body without its transfer coding, once a stage has asked for it; what lies here goes to the upstream.
    package var requestBody: [UInt8]?
    /// The same of the upstream's answer.
    package var responseBody: [UInt8]?
    /// What the cache has to do with the request; `nil` for all whose API keeps no answers.
    var caching: CacheUse?
    /// What the cache has done so far.
    var cacheMarks: CacheMarks = []
    /// Whether the client gets an answer that was kept.
    public var isCacheHit: Bool { cacheMarks.contains(.hit) }
    var eventPlaces = EventPlaces()
    /// Upstreams tried so far.
    public var attempts: Int32 = 0

    public init() {}

    /// Adds the buffers.
    func add(to set: inout WorkingSet) {
        set.add(addedRequestLines, bytes: 64)
        set.add(addedResponseLines, bytes: 192)
        for buffer in [requestID, clientAddress, userName] { set.add(buffer, bytes: 32) }
    }
}

/// An answer made by the gateway itself.
public struct GatewayAnswer {
    public var status: Int32 = 0
    /// Complete header lines without status line, `Content-Length`, `Date` and the final empty line.
    public var headerLines: [UInt8] = []
    public var body: [UInt8] = []
    /// Whether the connection is closed after the answer.
    public var closes = false

    public init() {}

    /// Empties the answer and keeps its memory.
    mutating func reset() {
        status = 0
        headerLines.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        closes = false
    }
}
