/// How many calls an API passes on to its backends at most, all callers together (`docs/rate-limiting.md`). What is beyond is answered
/// with 503 and code 900801.
public struct GatewayBackendThroughput: Sendable, Hashable, Codable {
    /// `nil`: not limited.
    public var production: Limit?
    /// `nil`: not limited.
    public var sandbox: Limit?

    public init(production: Limit?, sandbox: Limit?) {
        self.production = production
        self.sandbox = sandbox
    }

    public struct Limit: Sendable, Hashable, Codable {
        /// Calls a window.
        public var count: Int
        /// 1 000, 60 000 or 3 600 000; windows are aligned to the epoch.
        public var windowMilliseconds: Int64

        public init(count: Int, windowMilliseconds: Int64) {
            self.count = count
            self.windowMilliseconds = windowMilliseconds
        }
    }
}
