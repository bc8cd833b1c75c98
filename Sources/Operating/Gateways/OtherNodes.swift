import Model

/// Waits for gateways of other nodes of the control plane. All that this node knows of them lies in the database that they share.
actor OtherNodes {
    private let instances: GatewayInstances
    private let time: TimeSource
    private let patience: Duration
    /// How often the database is asked while a change waits.
    private static let interval = Duration.milliseconds(20)
    /// What gateways had acknowledged when a change gave up waiting for them; nobody waits for them until they move on.
    private var late: [GatewayIdentity: Int64] = [:]

    init(instances: GatewayInstances, time: TimeSource, patience: Duration) {
        self.instances = instances
        self.time = time
        self.patience = patience
    }

    /// `except` says of a gateway whether it need not be waited for, because this node knows more about it than the database.
    func delivered(_ sequence: Int64, except: @Sendable (GatewayIdentity) async -> Bool) async {
        let deadline = ContinuousClock.now + patience
        while true {
            guard let behind = try? await instances.behind(sequence, now: time.milliseconds) else { return }
            var awaited: [(gateway: GatewayIdentity, acknowledged: Int64)] = []
            for entry in behind where late[entry.gateway] != entry.acknowledged {
                if await !except(entry.gateway) { awaited.append(entry) }
            }
            let stillBehind = Set(behind.map(\.gateway))
            late = late.filter { stillBehind.contains($0.key) }
            if awaited.isEmpty { return }
            guard ContinuousClock.now < deadline else {
                for entry in awaited { late[entry.gateway] = entry.acknowledged }
                return
            }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }
}
