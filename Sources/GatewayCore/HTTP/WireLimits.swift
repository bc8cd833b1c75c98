/// Sizes that a peer may not exceed; one value for both listeners.
public struct WireLimits: Sendable, Equatable {
    /// Bytes of a request head with its request line.
    public var headBytes = 32 * 1024
    /// Header fields of a request or an answer.
    public var fieldCount = 200
    /// Bytes of the request target.
    public var targetBytes = 8 * 1024
    /// Bytes of the head of an upstream's answer.
    public var responseHeadBytes = 64 * 1024
    /// Interim answers (1xx) of an upstream to one request; one that gives more never comes to an end, and is a fault (101506).
    public var interimAnswers = 16
    /// Bytes of a chunk's size line with its extensions.
    public var chunkLineBytes = 256
    /// Bytes of all trailer lines of a chunked body.
    public var trailerBytes = 8 * 1024
    /// Bytes of a request's body without transfer coding.
    public var bodyBytes = Int64.max
    /// Bytes of a request's body that are read and thrown away to keep a connection whose request was answered early.
    public var discardedBytes: Int64 = 64 * 1024
    /// Bytes of all bodies that the gateway holds collected at a time, for each of its loops; requests that would need more are refused.
    public var collectedBytes = 256 * 1024 * 1024
    /// Requests of the gateway that may wait for errands at a time, for each of its loops; more are refused.
    public var parkedRequests = 4096

    public init() {}
}

/// How long the wire layer waits for a peer, in milliseconds.
public struct WireTimeouts: Sendable, Equatable {
    /// From the first byte of a head (or from the start of the connection) to its end.
    public var head: Int64 = 30_000
    /// Between two requests of a connection.
    public var keepAlive: Int64 = 75_000
    /// Between two pieces of a request's body.
    public var body: Int64 = 60_000
    /// For the client to take its last answer and close, before the gateway does.
    public var linger: Int64 = 2_000
    /// For the upstream to invite a body whose client waits for that, before the gateway does.
    public var invitation: Int64 = 1_000

    public init() {}
}
