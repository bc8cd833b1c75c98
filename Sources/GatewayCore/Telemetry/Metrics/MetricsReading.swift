/// The metrics of a gateway at one moment.
public struct MetricsReading: Sendable {
    public struct Loops: Sendable {
        /// Client connections that were accepted, and those that are open.
        public var acceptedConnections: Int
        public var openConnections: Int
        /// Credentials that were not remembered and so had to be verified.
        public var checkedCredentials: Int

        init(_ values: [Int]) {
            acceptedConnections = values[LoopLayout.accepted]
            openConnections = values[LoopLayout.open]
            checkedCredentials = values[LoopLayout.checkedCredentials]
        }
    }

    public struct Upstream: Sendable {
        /// Connections that are open or being opened.
        public var connections: Int
        /// Requests that wait for a connection.
        public var waiting: Int
        public var opened: Int
        public var failed: Int

        init(_ values: [Int]) {
            connections = values[UpstreamLayout.connections]
            waiting = values[UpstreamLayout.waiting]
            opened = values[UpstreamLayout.opened]
            failed = values[UpstreamLayout.failed]
        }
    }

    /// Durations by the buckets of ``LatencyBounds``.
    public struct Histogram: Sendable {
        public var counts: [Int]
        public var sumNanoseconds: Int

        init(_ values: ArraySlice<Int>) {
            counts = Array(values.dropLast())
            sumNanoseconds = values.last ?? 0
        }
    }

    /// The requests of an API.
    public struct Traffic: Sendable {
        /// Those that were there, by verb and class of status.
        public var requests: [(verb: String, status: String, count: Int)]
        /// Those that were refused or failed.
        public var faults: [(type: String, reason: String, count: Int)]
        public var duration: Histogram
        public var backend: Histogram
        public var requestBytes: Int
        public var responseBytes: Int

        init(_ values: [Int]) {
            requests = (0..<TrafficLayout.faults).compactMap { index in
                values[index] > 0 ? (Self.verb(index), Self.status(index), values[index]) : nil
            }
            faults = FaultKind.allCases.compactMap { kind in
                let count = values[TrafficLayout.faults + Int(kind.rawValue)]
                return count > 0 ? ("\(kind.type)", "\(kind.message)", count) : nil
            }
            duration = Histogram(values[TrafficLayout.duration..<TrafficLayout.backend])
            backend = Histogram(values[TrafficLayout.backend..<TrafficLayout.requestBytes])
            requestBytes = values[TrafficLayout.requestBytes]
            responseBytes = values[TrafficLayout.responseBytes]
        }

        private static func verb(_ index: Int) -> String {
            Verb(rawValue: UInt8(index / TrafficLayout.classes)).map { "\($0.name)" } ?? "OTHER"
        }

        private static func status(_ index: Int) -> String {
            let digit = index % TrafficLayout.classes
            return digit == 0 ? "none" : "\(digit)xx"
        }
    }

    public var loops: Loops
    public var traffic: [(api: GatewayMetrics.API, traffic: Traffic)]
    /// By `host:port`.
    public var upstreams: [(name: String, upstream: Upstream)]
}
