/// What the transport has to do after a call of a ``ProxyConnection``, beside sending what lies in the context's buffers. In this order:
/// send to the upstream, send to the client, then these.
public struct ProxyActions: OptionSet, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Give the connection to a transport that can serve it, with ``ProxyConnection/takeHead()`` and the bytes behind it: the request
    /// asks for another protocol. Only where the context says ``WireContext/handsOver``.
    public static let handOver = ProxyActions(rawValue: 512)
    /// Reset the client connection at once: what the client has is not complete and must not look so.
    public static let abortClient = ProxyActions(rawValue: 256)

    /// Get a connection to `exchange.upstream` and call `upstreamReady` or `upstreamFailed`.
    public static let acquireUpstream = ProxyActions(rawValue: 1)
    /// The upstream connection can serve another exchange.
    public static let releaseUpstream = ProxyActions(rawValue: 2)
    /// Close the upstream connection, or give up waiting for one.
    public static let dropUpstream = ProxyActions(rawValue: 4)
    /// Close the client connection when all is sent.
    public static let closeClient = ProxyActions(rawValue: 8)
    /// Close the sending half when all is sent and wait a little for the client to close: it is still sending, and a reset would
    /// destroy the answer on its way.
    public static let lingerClient = ProxyActions(rawValue: 16)
    /// Run `exchange.errand.work` on another thread, and pass what it answers to `errandEnded` on the loop, together with the
    /// `errandNumber` of now.
    public static let runErrand = ProxyActions(rawValue: 32)
    /// Cancel the work of the errand under way; nobody waits for it any more.
    public static let cancelErrand = ProxyActions(rawValue: 64)
}

/// The outcome of passing bytes to a ``ProxyConnection``.
public struct ProxyStep: Equatable {
    /// How many of the bytes are done with. The transport keeps the others, stops reading and passes them again after the next event
    /// of the other side.
    public var consumed = 0
    /// Which of the bytes to send to the other side as they are, after the context's buffer.
    public var passThrough = 0..<0
    public var actions: ProxyActions = []

    public init() {}
}
