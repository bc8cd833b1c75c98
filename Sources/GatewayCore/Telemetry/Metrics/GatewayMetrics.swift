import Synchronization

/// The metrics of a gateway: rows of counters of all its loops under the names of what they count.
///
/// Loops come here once for each API and upstream; counting itself takes no lock.
public final class GatewayMetrics: Sendable {
    /// What the requests of an API are shown under.
    public struct API: Sendable, Hashable {
        public var name: String
        public var version: String
        public var tenantDomain: String

        public init(name: String, version: String, tenantDomain: String) {
            self.name = name
            self.version = version
            self.tenantDomain = tenantDomain
        }

        /// Requests to no known API.
        public static let unknown = API(name: "(unknown)", version: "", tenantDomain: "")
        /// All APIs that have no numbers of their own.
        public static let others = API(name: "(others)", version: "", tenantDomain: "")
    }

    private struct State {
        var loops: [CounterRow] = []
        var apis: [API: [CounterRow]] = [:]
        /// How many APIs have rows of their own.
        var named = 0
        /// The rows of ``API/others``; they live as long as their loops.
        var others: Set<ObjectIdentifier> = []
        var upstreams: [String: [CounterRow]] = [:]
    }

    /// How many APIs, and how many upstreams, get numbers of their own.
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many APIs, and how many upstreams, get numbers of their own; the others share theirs.
    public init(limit: Int = 1000) { self.limit = limit }

    /// The metrics of a new loop.
    func makeLoop() -> LoopMetrics { LoopMetrics(registry: self) }

    func add(loop row: CounterRow) { state.withLock { $0.loops.append(row) } }

    /// The row for an API on a loop; `nil` stands for no API.
    func row(of api: CompiledAPI?, on loop: LoopMetrics) -> CounterRow {
        let key = api.map {
            API(name: String(decoding: $0.name, as: UTF8.self), version: $0.version, tenantDomain: $0.tenantDomain)
        }
        let shared = loop.sharedRow
        return state.withLock { state in
            if let key, state.apis[key] == nil {
                guard state.named < limit else {
                    if state.others.insert(ObjectIdentifier(shared)).inserted {
                        state.apis[.others, default: []].append(shared)
                    }
                    return shared
                }
                state.named += 1
            }
            let row = CounterRow(count: TrafficLayout.count)
            state.apis[key ?? .unknown, default: []].append(row)
            return row
        }
    }

    func row(of upstream: Upstream) -> CounterRow {
        let row = CounterRow(count: UpstreamLayout.count)
        let name = "\(upstream.host):\(upstream.port)"
        state.withLock { state in
            let isKnown = state.upstreams[name] != nil || state.upstreams.count < limit
            state.upstreams[isKnown ? name : "(others)", default: []].append(row)
        }
        return row
    }

    /// Everything as it is now, the loops summed up.
    public func reading() -> MetricsReading {
        let (loops, apis, upstreams) = state.withLock { ($0.loops, $0.apis, $0.upstreams) }
        return MetricsReading(
            loops: MetricsReading.Loops(Self.sum(loops, LoopLayout.count)),
            traffic: apis.map { ($0, MetricsReading.Traffic(Self.sum($1, TrafficLayout.count))) },
            upstreams: upstreams.map { ($0, MetricsReading.Upstream(Self.sum($1, UpstreamLayout.count))) })
    }

    private static func sum(_ rows: [CounterRow], _ count: Int) -> [Int] {
        var total = [Int](repeating: 0, count: count)
        for row in rows { for (index, value) in row.values.enumerated() { total[index] += value } }
        return total
    }
}
