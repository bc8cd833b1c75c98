import FoundationEssentials

/// Wall-clock time as a parameter, so that tests control it.
public struct TimeSource: Sendable {
    private let read: @Sendable () -> Int64

    public init(milliseconds: @escaping @Sendable () -> Int64) { read = milliseconds }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64 { read() }

    public static let system = TimeSource { Int64(Date().timeIntervalSince1970 * 1000) }
}
