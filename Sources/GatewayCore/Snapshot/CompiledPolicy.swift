import Counters
import Model

/// A quota policy as the quota stage works with it.
final class CompiledPolicy: Sendable {
    /// `nil` for Unlimited.
    let limit: QuotaLimit?
    let countsBytes: Bool
    let stopsOnQuotaReach: Bool
    /// `nil` without burst control.
    let burst: QuotaLimit?
    let isPerUser: Bool

    init(_ policy: GatewayPolicy) {
        let isLimited = policy.limit < Int(Int32.max) || policy.quota == .bytes && policy.limit < Int.max
        // Events are counted by the streaming protocols, not by requests.
        limit =
            isLimited && policy.quota != .events
            ? QuotaLimit(amount: Int64(policy.limit), windowMilliseconds: policy.windowMilliseconds) : nil
        countsBytes = policy.quota == .bytes
        stopsOnQuotaReach = policy.stopsOnQuotaReach
        burst =
            policy.burstLimit > 0
            ? QuotaLimit(amount: Int64(policy.burstLimit), windowMilliseconds: policy.burstWindowMilliseconds) : nil
        isPerUser = policy.perUser
    }
}
