/// One quota counter, by what a gateway needs to look it up.
public struct CounterName: Sendable, Hashable, Codable {
    /// See ``QuotaKeys``.
    public var key: String
    /// Requests or bytes a window.
    public var amount: Int64
    public var windowMilliseconds: Int64

    public init(key: String, amount: Int64, windowMilliseconds: Int64) {
        self.key = key
        self.amount = amount
        self.windowMilliseconds = windowMilliseconds
    }
}
