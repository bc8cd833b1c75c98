/// Where the counters of an API lie in its row.
enum TrafficLayout {
    /// Verbs, and one place for all others.
    static let verbs = Verb.allCases.count + 1
    /// Classes of statuses from 1xx to 5xx; 0 for requests whose client left without an answer.
    static let classes = 6
    static let faults = verbs * classes
    static let duration = faults + FaultKind.allCases.count
    static let backend = duration + histogram
    static let requestBytes = backend + histogram
    static let responseBytes = requestBytes + 1
    static let count = responseBytes + 1

    /// Buckets, then the sum in nanoseconds.
    static let histogram = LatencyBounds.buckets + 1

    @inline(__always)
    static func request(_ verb: Verb?, status: Int32) -> Int {
        let row = verb.map { Int($0.rawValue) } ?? verbs - 1
        return row &* classes &+ (status >= 100 && status < 600 ? Int(status / 100) : 0)
    }
}

/// Where the counters of an upstream lie in its row.
enum UpstreamLayout {
    static let connections = 0
    static let waiting = 1
    static let opened = 2
    static let failed = 3
    static let count = 4
}

/// Where the counters of a loop itself lie.
enum LoopLayout {
    static let accepted = 0
    static let open = 1
    static let checkedCredentials = 2
    static let count = 3
}
