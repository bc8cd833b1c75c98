import Counters
import Model

/// How many calls an API passes on to its backends of one key type, all callers together.
final class CompiledThroughput: Sendable {
    let limit: QuotaLimit
    let bucket: QuotaBucket

    /// - Parameter apiID: the API whose backends they are; calls that come through an API product count with its own.
    /// - Returns: `nil` without a limit.
    init?(_ limit: GatewayBackendThroughput.Limit?, apiID: String, _ keyType: KeyType) {
        guard let limit, limit.count < Int(Int32.max) else { return nil }
        self.limit = QuotaLimit(amount: Int64(limit.count), windowMilliseconds: limit.windowMilliseconds)
        bucket = QuotaBucket(key: "backend:\(apiID):\(keyType.rawValue)")
    }
}
