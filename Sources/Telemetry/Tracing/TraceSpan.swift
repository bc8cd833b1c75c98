/// A span in the terms of OpenTelemetry.
public struct TraceSpan: Sendable, Hashable {
    /// Numbers are those of the protocol.
    public enum Kind: UInt64, Sendable {
        case server = 2
        case client = 3
    }

    public enum Value: Sendable, Hashable {
        case text(String)
        case number(Int64)
    }

    public var traceHigh: UInt64
    public var traceLow: UInt64
    public var id: UInt64
    /// 0 for none.
    public var parent: UInt64
    public var name: String
    public var kind: Kind
    /// Nanoseconds since 1970.
    public var start: UInt64
    public var end: UInt64
    public var attributes: [Attribute] = []
    public var isError = false

    public struct Attribute: Sendable, Hashable {
        public var name: String
        public var value: Value

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = .text(value)
        }

        public init(_ name: String, _ value: Int) {
            self.name = name
            self.value = .number(Int64(value))
        }
    }

    public init(
        traceHigh: UInt64, traceLow: UInt64, id: UInt64, parent: UInt64, name: String, kind: Kind, start: UInt64, end: UInt64
    ) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.id = id
        self.parent = parent
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
    }
}
