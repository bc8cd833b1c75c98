import Synchronization

/// How an endpoint fares; shared by all loops, in place as long as its API is not deployed anew.
/// A part of its endpoint, so that looking at both costs one line of the processor's cache.
struct EndpointState: ~Copyable, Sendable {
    /// Until when nothing is sent to the endpoint; milliseconds since 1970, 0 for not suspended.
    private let suspendedUntil = Atomic<Int64>(0)
    /// Length of the last suspension; 0 while the endpoint is well.
    private let lastSuspension = Atomic<Int64>(0)
    /// Failures since the last success that did not suspend.
    private let forgiven = Atomic<Int>(0)
    /// Whether health checks have found the endpoint unwell.
    private let isUnwell = Atomic(false)

    func isReady(nowMilliseconds: Int64) -> Bool {
        suspendedUntil.load(ordering: .relaxed) <= nowMilliseconds && !isUnwell.load(ordering: .relaxed)
    }

    /// Whether no failure is remembered that a success would make forget.
    var isUnblemished: Bool { lastSuspension.load(ordering: .relaxed) == 0 && forgiven.load(ordering: .relaxed) == 0 }

    /// What health checks have come to; no success of a request changes it.
    func setWell(_ isWell: Bool) { isUnwell.store(!isWell, ordering: .relaxed) }

    /// Forgets earlier failures.
    func succeed() {
        guard !isUnblemished else { return }
        suspendedUntil.store(0, ordering: .relaxed)
        lastSuspension.store(0, ordering: .relaxed)
        forgiven.store(0, ordering: .relaxed)
    }

    /// Notes a failure and suspends the endpoint by its rules.
    func fail(_ code: Int32, _ rules: EndpointFaultRules, nowMilliseconds: Int64) {
        // A request that was under way when another one's failure suspended the endpoint must not prolong the suspension.
        guard isReady(nowMilliseconds: nowMilliseconds), rules.suspendMilliseconds > 0 else { return }
        guard rules.suspendErrorCodes.isEmpty || rules.suspendErrorCodes.contains(code) || rules.retryErrorCodes.contains(code)
        else { return }
        if rules.retryErrorCodes.contains(code) {
            let failures = forgiven.wrappingAdd(1, ordering: .relaxed).newValue
            if failures <= rules.retries {
                suspendedUntil.store(nowMilliseconds + Int64(rules.retryDelayMilliseconds), ordering: .relaxed)
                return
            }
        }
        let last = lastSuspension.load(ordering: .relaxed)
        let next = last == 0 ? Double(rules.suspendMilliseconds) : Double(last) * rules.suspendFactor
        let duration = Int64(min(max(next, 1), Double(rules.suspendMaximumMilliseconds)))
        lastSuspension.store(duration, ordering: .relaxed)
        suspendedUntil.store(nowMilliseconds + duration, ordering: .relaxed)
    }
}

/// When failures suspend an endpoint.
struct EndpointFaultRules: Sendable {
    var suspendMilliseconds: Int
    var suspendMaximumMilliseconds: Int
    var suspendFactor: Double
    /// Codes that suspend; empty for all.
    var suspendErrorCodes: [Int32]
    /// Codes that suspend after `retries` further failures, whether they are among the codes above or not.
    var retryErrorCodes: [Int32]
    var retries: Int
    /// How long the endpoint gets nothing after a failure that does not suspend it.
    var retryDelayMilliseconds = 0
}
