/// The metrics of one event loop (`docs/metrics.md`). Confined to it; what it counts is read by others through ``GatewayMetrics``.
public final class LoopMetrics {
    private let registry: GatewayMetrics
    private let loop = CounterRow(count: LoopLayout.count)
    /// By the identity of the API plus one; requests to no API first.
    private var traffic: [CounterRow?] = []
    /// By ``Upstream/pool``, those from zero on at even places and those below at odd ones.
    private var upstreams: [CounterRow?] = []

    init(registry: GatewayMetrics) {
        self.registry = registry
        registry.add(loop: loop)
    }

    /// Counts a request that has ended.
    func count(_ exchange: Exchange) {
        let place = Int(exchange.apiIdentity) &+ 1
        guard place < traffic.count, let row = traffic[place] else { return countFirst(exchange, place) }
        count(exchange, row)
    }

    @inline(__always)
    private func count(_ exchange: Exchange, _ row: CounterRow) {
        row.add(1, at: TrafficLayout.request(exchange.verb, status: exchange.status))
        if exchange.errorCode != 0 {
            row.add(1, at: TrafficLayout.faults &+ Int(FaultKind(code: exchange.errorCode).rawValue))
        }
        let times = exchange.times
        observe(from: times.received, to: times.answered, at: TrafficLayout.duration, row)
        if times.upstreamStarted != 0 {
            observe(from: times.upstreamStarted, to: times.upstreamEnd, at: TrafficLayout.backend, row)
        }
        row.add(Int(exchange.requestBodyBytes), at: TrafficLayout.requestBytes)
        row.add(Int(exchange.responseBodyBytes), at: TrafficLayout.responseBytes)
    }

    /// A request that was cut off has no end of its own. One that is refused takes less than a tick of the loop's clock.
    @inline(__always)
    private func observe(from start: UInt64, to end: UInt64, at place: Int, _ row: CounterRow) {
        guard end >= start else { return }
        row.add(1, at: place &+ LatencyBounds.bucket(nanoseconds: end &- start))
        row.add(Int(truncatingIfNeeded: end &- start), at: place &+ LatencyBounds.buckets)
    }

    @inline(never)
    private func countFirst(_ exchange: Exchange, _ place: Int) {
        while traffic.count <= place { traffic.append(nil) }
        let row = registry.row(of: exchange.snapshot?.apis[exchange.api], on: self)
        traffic[place] = row
        count(exchange, row)
    }

    /// The row in which all APIs are counted that have none of their own.
    private(set) lazy var sharedRow = CounterRow(count: TrafficLayout.count)

    // MARK: Connections

    /// - Parameter isNew: `false` for one that another loop had accepted.
    public func clientOpened(isNew: Bool = true) {
        if isNew { loop.add(1, at: LoopLayout.accepted) }
        loop.add(1, at: LoopLayout.open)
    }

    public func clientClosed() { loop.add(-1, at: LoopLayout.open) }

    /// A credential was verified that the loop did not know.
    func credentialChecked() { loop.add(1, at: LoopLayout.checkedCredentials) }

    /// Tells how a pool of connections to an upstream stands.
    public func upstream(_ upstream: Upstream, connections: Int, waiting: Int) {
        let row = row(of: upstream)
        row.set(connections, at: UpstreamLayout.connections)
        row.set(waiting, at: UpstreamLayout.waiting)
    }

    public func upstreamOpened(_ upstream: Upstream) { row(of: upstream).add(1, at: UpstreamLayout.opened) }
    public func upstreamFailed(_ upstream: Upstream) { row(of: upstream).add(1, at: UpstreamLayout.failed) }

    private func row(of upstream: Upstream) -> CounterRow {
        // Pools of addresses that policies choose have numbers below zero.
        let place = upstream.pool < 0 ? -2 * upstream.pool - 1 : 2 * upstream.pool
        while upstreams.count <= place { upstreams.append(nil) }
        if let row = upstreams[place] { return row }
        let row = registry.row(of: upstream)
        upstreams[place] = row
        return row
    }
}
