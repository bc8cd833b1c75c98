import Counters
import Model

/// A quota policy as the quota stage works with it.
final class CompiledPolicy: Sendable {
    /// `nil` for Unlimited.
    let limit: QuotaLimit?
    let countsBytes: Bool
    let name: [UInt8]
    let label: QuotaLabel
    let stopsOnQuotaReach: Bool
    /// `nil` without burst control.
    let burst: QuotaLimit?
    let burstLabel: QuotaLabel
    let isPerUser: Bool
    /// Limits for requests that meet conditions, in the policy's order; empty for most policies.
    let groups: [CompiledConditionalGroup]

    init(_ policy: GatewayPolicy, kinds: ConditionKinds = ConditionKinds()) {
        limit = QuotaLimit(quota: policy.quota, amount: policy.limit, windowMilliseconds: policy.windowMilliseconds)
        countsBytes = policy.quota == .bytes
        name = Array(policy.name.utf8)
        let title = "\(policy.level.rawValue):\(policy.name)"
        label = QuotaLabel(
            title, amount: policy.limit, windowMilliseconds: policy.windowMilliseconds, countsBytes: countsBytes)
        stopsOnQuotaReach = policy.stopsOnQuotaReach
        burst =
            policy.burstLimit > 0
            ? QuotaLimit(amount: Int64(policy.burstLimit), windowMilliseconds: policy.burstWindowMilliseconds) : nil
        burstLabel = QuotaLabel(
            title + ":burst", amount: policy.burstLimit, windowMilliseconds: policy.burstWindowMilliseconds, countsBytes: false)
        isPerUser = policy.perUser
        groups = (policy.groups ?? []).enumerated().compactMap { index, group in
            CompiledConditionalGroup(group, index: index, policy: policy, kinds: kinds)
        }
    }
}

extension QuotaLimit {
    /// `nil` where nothing is limited. Events are counted by the streaming protocols, not by requests.
    init?(quota: GatewayPolicy.Quota, amount: Int, windowMilliseconds: Int64) {
        let isLimited = amount < Int(Int32.max) || quota == .bytes && amount < Int.max
        guard isLimited, quota != .events else { return nil }
        self.init(amount: Int64(amount), windowMilliseconds: windowMilliseconds)
    }
}
