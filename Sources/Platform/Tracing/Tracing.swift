import GatewayCore
import Logging
import Model
import ServiceLifecycle
import Settings
import Telemetry

/// The tracing of a gateway: what its loops are told, and the service that sends their spans.
struct Tracing: Sendable {
    /// Spans that may wait for the tracing system.
    private static let capacity = 8192

    let queue = SpanQueue(capacity: Self.capacity)
    private let settings: Settings
    private let url: String
    private let proxy: EgressProxy?

    /// `nil` when tracing is off, or for a tracing system that is not spoken to. Throws a ``StartProblem`` if the proxy's settings are not
    /// complete.
    init?(settings: Settings, logger: Logger) throws {
        guard settings[SettingsTable.tracingEnabled] else { return nil }
        let address = TracerAddress(settings: settings)
        if let warning = address.warning { logger.warning("\(warning)") }
        guard let url = address.url else { return nil }
        self.settings = settings
        self.url = TraceExporter.address(url)
        proxy = try EgressProxy(settings: settings)
    }

    var calls: TraceSettings {
        TraceSettings(
            ratio: settings[SettingsTable.traceRatio], followsCallers: settings[SettingsTable.tracesFollowCallers]
        ) { [queue] call in queue.add(call.spans) }
    }

    /// Sends spans while the node runs, and the last ones when it ends.
    func exporter(logger: Logger) -> TraceExporter {
        let headers = settings[SettingsTable.tracerHeaders].pairs.map { (name: $0.name, value: $0.value) }
        return TraceExporter(
            queue: queue, resource: resource, logger: logger,
            send: TraceExporter.sender(url: url, headers: headers, proxy: proxy, logger: logger))
    }

    private var resource: [TraceSpan.Attribute] {
        let given = settings[SettingsTable.traceResource].pairs
        let own = [
            ("service.name", "martlet"), ("service.version", ProductVersion.text),
            ("host.name", settings[SettingsTable.hostname]),
        ].filter { name, _ in !given.contains { $0.name == name } }
        return own.map { TraceSpan.Attribute($0, $1) } + given.map { TraceSpan.Attribute($0.name, $0.value) }
    }

    /// How sending goes.
    var families: [MetricFamily] {
        [
            MetricFamily(
                "martlet_traces_sent_spans", .counter, "Spans that the tracing system has taken.", value: Double(queue.sent)),
            MetricFamily(
                "martlet_traces_dropped_spans", .counter, "Spans that found no room, or that the tracing system refused.",
                value: Double(queue.dropped)),
            MetricFamily("martlet_traces_waiting_spans", .gauge, "Spans that wait.", value: Double(queue.count)),
        ]
    }
}
