/// Counts what a client may send rarely only, because each of it costs work for nothing.
struct FloodGuard {
    private let bounds: HTTP2Bounds
    private var resets = 0
    private var controlFrames = 0
    private var emptyFrames = 0
    /// Since when is counted, on the monotonic clock in milliseconds.
    private var began: Int64

    init(_ bounds: HTTP2Bounds, at now: Int64) {
        self.bounds = bounds
        began = now
    }

    /// A stream that was begun for nothing: reset by the client, or by the gateway because of the client's mistake.
    mutating func noteReset(at now: Int64) throws(ConnectionFault) {
        turn(at: now)
        resets += 1
        if resets > bounds.resets { throw ConnectionFault(.enhanceYourCalm) }
    }

    /// A frame PING, SETTINGS or PRIORITY.
    mutating func noteControlFrame(at now: Int64) throws(ConnectionFault) {
        turn(at: now)
        controlFrames += 1
        if controlFrames > bounds.controlFrames { throw ConnectionFault(.enhanceYourCalm) }
    }

    /// A frame of data; empty ones that don't end their stream are worth nothing.
    mutating func noteData(isEmpty: Bool) throws(ConnectionFault) {
        guard isEmpty else { return emptyFrames = 0 }
        emptyFrames += 1
        if emptyFrames > bounds.emptyFrames { throw ConnectionFault(.enhanceYourCalm) }
    }

    private mutating func turn(at now: Int64) {
        guard now - began > bounds.countingSeconds * 1000 else { return }
        began = now
        resets = 0
        controlFrames = 0
    }
}
