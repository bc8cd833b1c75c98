/// One counter, by what is needed to look it up.
public struct CounterName: Sendable, Hashable {
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

/// Knows what the gateways have counted.
public protocol QuotaUsage: Sendable {
    /// Whether the counts are those of all gateways; else only of the one in this process.
    var coversAllGateways: Bool { get }

    /// What was used of each counter in its current window, in the order of the names.
    func used(_ counters: [CounterName]) async -> [Int64]
}
