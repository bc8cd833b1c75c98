import Consuming
import Documents
import Model
import Operating

/// What all gateways have counted: from the shared store if there is one, else each gateway is asked.
struct GatewayUsage: QuotaUsage {
    /// `nil` in an administrator's command, where nothing is counted.
    let quotas: QuotaParts?
    let gateways: GatewayParts

    func use(of counters: [CounterName], tenant: Tenant) async -> QuotaUse {
        guard let quotas else { return QuotaUse(isShared: false, shares: []) }
        if quotas.synchronizer?.status.report.isConnected == true {
            let share = QuotaUse.Share(gateway: gateways.id, used: await quotas.usage.used(counters))
            return QuotaUse(isShared: true, shares: [share])
        }
        async let elsewhere = gateways.remote.ask(Self.question(counters), about: tenant)
        var shares: [QuotaUse.Share] = []
        if await gateways.local.isAttached {
            shares.append(QuotaUse.Share(gateway: gateways.id, used: await quotas.usage.used(counters)))
        }
        for answer in await elsewhere {
            guard let used = answer.value.array?.map({ Int64($0.int ?? 0) }), used.count == counters.count else { continue }
            shares.append(QuotaUse.Share(gateway: answer.gateway.id, used: used))
        }
        return QuotaUse(isShared: false, shares: shares, silent: await silent(shares, tenant))
    }

    private static func question(_ counters: [CounterName]) -> JSONValue {
        [
            FeedProtocol.Member.counters: .array(
                counters.map {
                    [
                        "key": JSONValue($0.key), "amount": JSONValue($0.amount),
                        "windowMilliseconds": JSONValue($0.windowMilliseconds),
                    ]
                })
        ]
    }

    /// Live gateways whose counts are missing, also those at other nodes of the control plane. When the list cannot be read, none is known.
    private func silent(_ shares: [QuotaUse.Share], _ tenant: Tenant) async -> [String] {
        let told = Set(shares.map(\.gateway))
        let all = (try? await gateways.deployments.gateways(of: tenant)) ?? []
        return all.filter { gateways.deployments.isActive($0) && !told.contains($0.id) }.map(\.id)
    }
}
