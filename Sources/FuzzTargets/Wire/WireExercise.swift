import GatewayCore

/// A connection between a client and an upstream that are arrays of bytes. Performs what a transport performs.
final class WireExercise {
    private let context: WireContext
    private let connection: ProxyConnection
    private let now = WireInstant(nanoseconds: 1_000_000_000_000, epochMilliseconds: 1_700_000_000_000)
    /// Bytes of the client that were not taken.
    private var held: [UInt8] = []
    /// Everything sent to the client.
    private(set) var toClient: [UInt8] = []
    /// What the upstream of the request at hand has got.
    private(set) var toUpstream: [UInt8] = []
    private(set) var hasUpstream = false
    private(set) var isClosed = false
    /// Whether the last answer was cut off for the client to see.
    private(set) var isAborted = false

    init() {
        context = WireContext(pipeline: WireScenery.pipeline(), limits: WireScenery.limits)
        let facts = ConnectionFacts(peerAddress: Array("127.0.0.1".utf8), isTrustedProxy: true, isTLS: false, localPort: 8280)
        connection = ProxyConnection(context: context, facts: facts, at: now)
    }

    /// The client sends bytes.
    func client(_ bytes: some Sequence<UInt8>) throws(FuzzFinding) {
        held += bytes
        try passOn()
    }

    /// The upstream sends bytes.
    func upstream(_ bytes: [UInt8]) throws(FuzzFinding) {
        guard hasUpstream else { return }
        let step = bytes.withUnsafeBytes { connection.upstreamBytes($0, at: now) }
        try FuzzFinding.require(step.consumed == bytes.count, "an upstream's bytes were not taken")
        drain()
        toClient += bytes[step.passThrough]
        try perform(step.actions)
        try passOn()
    }

    /// The upstream closes.
    func upstreamCloses() throws(FuzzFinding) {
        guard hasUpstream else { return }
        hasUpstream = false
        try perform(connection.upstreamFailed(.closed, at: now))
    }

    /// The client closes; nothing may be held for it then.
    func end() throws(FuzzFinding) {
        try perform(connection.clientClosed(at: now))
        try FuzzFinding.require(context.allowance.collectedBytes.inUse == 0, "bytes of bodies are held after the end")
        try FuzzFinding.require(context.allowance.parkedRequests.inUse == 0, "a request waits after the end")
    }

    /// Takes what the upstream has got.
    func takeRequest() -> [UInt8] {
        defer { toUpstream = [] }
        return toUpstream
    }

    private func passOn() throws(FuzzFinding) {
        while !held.isEmpty, !isClosed {
            // A copy without spare room behind it, so that a tool that watches memory sees every byte read too much.
            let bytes = Array(held)
            let step = bytes.withUnsafeBytes { connection.clientBytes($0, at: now) }
            try FuzzFinding.require(0...held.count ~= step.consumed, "more bytes were taken than there are")
            try FuzzFinding.require(step.passThrough.upperBound <= step.consumed, "bytes are passed on that were not taken")
            drain()
            if hasUpstream { toUpstream += held[step.passThrough] }
            held.removeFirst(step.consumed)
            try perform(step.actions)
            if step.consumed == 0, step.actions.isEmpty { return }
        }
    }

    private func perform(_ actions: ProxyActions) throws(FuzzFinding) {
        drain()
        if !actions.isDisjoint(with: [.releaseUpstream, .dropUpstream]) { hasUpstream = false }
        if actions.contains(.acquireUpstream) {
            hasUpstream = true
            toUpstream = []
            connection.upstreamReady(isReused: false, at: now)
            drain()
        }
        if actions.contains(.abortClient) { isAborted = true }
        if !actions.isDisjoint(with: [.closeClient, .lingerClient, .abortClient]) { isClosed = true }
        try FuzzFinding.require(actions.isDisjoint(with: [.runErrand, .handOver]), "an action that nothing here asks for")
    }

    private func drain() {
        toClient += context.toClient.bytes
        if hasUpstream { toUpstream += context.toUpstream.bytes }
        context.toClient.removeAll()
        context.toUpstream.removeAll()
    }
}
