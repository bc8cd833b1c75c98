/// Metrics of one name, in the terms of the OpenMetrics specification.
public struct MetricFamily: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// A series of the family.
    public struct Sample: Sendable {
        public enum Value: Sendable {
            case number(Double)
            case histogram(MetricHistogram)
        }

        public var labels: [(name: String, value: String)]
        public var value: Value
    }

    /// Without the suffixes that the kind asks for.
    public let name: String
    public let kind: Kind
    /// One sentence.
    public let help: String
    public private(set) var samples: [Sample] = []

    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// A family of one series without labels.
    public init(_ name: String, _ kind: Kind, _ help: String, value: Double) {
        self.init(name, kind, help)
        add(value)
    }

    public mutating func add(_ value: Double, _ labels: [(name: String, value: String)] = []) {
        samples.append(Sample(labels: labels, value: .number(value)))
    }

    public mutating func add(_ histogram: MetricHistogram, _ labels: [(name: String, value: String)] = []) {
        samples.append(Sample(labels: labels, value: .histogram(histogram)))
    }
}

/// How many observations fell into which bucket.
public struct MetricHistogram: Sendable {
    /// Upper bounds in rising order.
    public var bounds: [Double]
    /// One for each bound, and one for what is above all of them; each for its own bucket.
    public var counts: [Int]
    public var sum: Double

    public init(bounds: [Double], counts: [Int], sum: Double) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }
}
