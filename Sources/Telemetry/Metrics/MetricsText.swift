/// Metrics as text that Prometheus reads: its own format 0.0.4, or OpenMetrics 1.0.0.
public struct MetricsText: Sendable {
    public enum Format: Sendable {
        case prometheus, openMetrics

        /// What a client's `Accept` asks for; the older format where it does not name the other.
        public init(accept: String?) {
            self = accept?.lowercased().contains("application/openmetrics-text") ?? false ? .openMetrics : .prometheus
        }

        public var contentType: String {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    private let format: Format
    private var text = ""

    public init(_ format: Format) { self.format = format }

    /// All families that have series.
    public static func bytes(_ families: [MetricFamily], _ format: Format) -> [UInt8] {
        var page = MetricsText(format)
        for family in families where !family.samples.isEmpty { page.append(family) }
        if format == .openMetrics { page.text += "# EOF\n" }
        return Array(page.text.utf8)
    }

    private mutating func append(_ family: MetricFamily) {
        // OpenMetrics names the family, the older format the series.
        let title = family.kind == .counter && format == .prometheus ? family.name + "_total" : family.name
        text += "# HELP \(title) \(Self.escape(family.help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(title) \(family.kind.rawValue)\n"
        for sample in family.samples {
            switch sample.value {
            case .number(let value):
                line(family.kind == .counter ? family.name + "_total" : family.name, sample.labels, value)
            case .histogram(let histogram): append(histogram, family.name, sample.labels)
            }
        }
    }

    private mutating func append(_ histogram: MetricHistogram, _ name: String, _ labels: [(name: String, value: String)]) {
        var total = 0
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? Self.text(histogram.bounds[index]) : "+Inf"
            line(name + "_bucket", labels + [("le", bound)], Double(total))
        }
        line(name + "_sum", labels, histogram.sum)
        line(name + "_count", labels, Double(total))
    }

    private mutating func line(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{"
            for (index, label) in labels.enumerated() {
                text += index == 0 ? "" : ","
                text += label.name
                text += "=\""
                text += Self.escape(label.value, quotes: true)
                text += "\""
            }
            text += "}"
        }
        text += " "
        text += Self.text(value)
        text += "\n"
    }

    /// Whole numbers without a fraction.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escape(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5c || $0 == 0x0a || $0 == 0x22 }) else { return text }
        return text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
    }
}
