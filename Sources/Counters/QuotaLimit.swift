/// How much a bucket admits in one window.
public struct QuotaLimit: Sendable, Hashable {
    /// Requests, bytes or events a window; 0 admits nothing.
    public let amount: Int64
    /// Length of a window; windows are aligned to 1970-01-01T00:00:00Z and do not overlap.
    public let windowMilliseconds: Int64

    public init(amount: Int64, windowMilliseconds: Int64) {
        self.amount = max(0, amount)
        self.windowMilliseconds = max(1, windowMilliseconds)
    }

    /// Number of the window that contains a time.
    func window(at milliseconds: Int64) -> Int64 { milliseconds / windowMilliseconds }

    /// When the window that contains `milliseconds` ends.
    public func windowEnd(at milliseconds: Int64) -> Int64 { (window(at: milliseconds) + 1) * windowMilliseconds }
}
