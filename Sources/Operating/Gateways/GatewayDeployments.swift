import Model
import Storage

/// Which gateways serve which revision of an API.
public struct GatewayDeployments: Sendable {
    /// How many gateways of an environment are there, have the deployed revision, and could not take it.
    public struct Count: Sendable, Hashable {
        public var live = 0
        public var deployed = 0
        public var failed = 0

        public init(live: Int = 0, deployed: Int = 0, failed: Int = 0) {
            self.live = live
            self.deployed = deployed
            self.failed = failed
        }
    }

    private let changes: ChangeStore
    private let instances: GatewayInstances
    private let time: TimeSource
    /// What gateways of this node have acknowledged.
    private let acknowledgements: @Sendable () async -> [GatewayIdentity: GatewaySign]

    public init(
        changes: ChangeStore, instances: GatewayInstances, time: TimeSource = .system,
        acknowledgements: @escaping @Sendable () async -> [GatewayIdentity: GatewaySign]
    ) {
        self.changes = changes
        self.instances = instances
        self.time = time
        self.acknowledgements = acknowledgements
    }

    /// The gateways that serve the tenant, as up to date as this node knows.
    public func gateways(of tenant: Tenant) async throws -> [GatewayInstance] {
        let newest = await acknowledgements()
        return try await instances.list(for: tenant).map { instance in
            guard let sign = newest[GatewayIdentity(instance)] else { return instance }
            var instance = instance
            instance.acknowledged = max(instance.acknowledged, sign.acknowledged ?? 0)
            instance.activeMilliseconds = max(instance.activeMilliseconds, sign.milliseconds)
            instance.failures = sign.failures ?? instance.failures
            return instance
        }
    }

    public func isActive(_ gateway: GatewayInstance) -> Bool { instances.isActive(gateway, now: time.milliseconds) }

    /// The gateways of an environment that serve the tenant.
    public func gateways(of tenant: Tenant, environment: String) async throws -> [GatewayInstance] {
        try await gateways(of: tenant).filter { $0.serves(environment, of: tenant) }
    }

    /// What every gateway does with the API, by environment and gateway.
    public func states(ofAPI id: String, tenant: Tenant) async throws -> [GatewayDeploymentState] {
        let gateways = try await gateways(of: tenant)
        return try await changes.read { connection in
            let history = DeploymentHistory(connection)
            let reports = try GatewayReportTable.reports(ofAPI: id, in: connection)
            return try history.deployments(ofAPI: id, tenant: tenant.id).flatMap { deployment in
                try gateways.filter { $0.serves(deployment.environment, of: tenant) }
                    .map { gateway in
                        try reports[GatewayIdentity(gateway)].map { state(of: gateway, $0, deployment) }
                            ?? state(of: gateway, id, deployment, history)
                    }
            }
        }
    }

    /// The counts of each environment on which the API is deployed.
    public func counts(ofAPI id: String, tenant: Tenant) async throws -> [String: Count] {
        try await states(ofAPI: id, tenant: tenant).reduce(into: [:]) { counts, state in
            guard state.isActive else { return }
            var count = counts[state.environment] ?? Count()
            count.live += 1
            if state.status == .live { count.deployed += 1 }
            if state.status == .failed { count.failed += 1 }
            counts[state.environment] = count
        }
    }

    /// What a gateway does by its own report.
    private func state(
        of gateway: GatewayInstance, _ report: ReportingGateways.Report, _ deployment: DeploymentHistory.Deployment
    ) -> GatewayDeploymentState {
        let status: GatewayDeploymentState.Status =
            report.isFailure ? .failed : report.revisionID == deployment.revisionID ? .live : .pending
        return GatewayDeploymentState(
            gateway: gateway.id, environment: deployment.environment, status: status,
            revisionID: report.isFailure ? nil : report.revisionID, isActive: isActive(gateway), message: report.message)
    }

    private func state(
        of gateway: GatewayInstance, _ id: String, _ deployment: DeploymentHistory.Deployment, _ history: DeploymentHistory
    ) throws -> GatewayDeploymentState {
        let key = GatewayEntity.apiKey(id: id, environment: deployment.environment)
        let failure = gateway.failures.first { $0.kind == GatewayEntity.Kind.api.rawValue && $0.key == key }
        let isCurrent = gateway.acknowledged >= deployment.sequence
        let status: GatewayDeploymentState.Status = isCurrent ? (failure == nil ? .live : .failed) : .pending
        let revision =
            switch status {
            case .live: deployment.revisionID
            case .pending:
                try history.revision(ofAPI: id, environment: deployment.environment, at: gateway.acknowledged)
            case .failed: String?.none
            }
        return GatewayDeploymentState(
            gateway: gateway.id, environment: deployment.environment, status: status, revisionID: revision,
            isActive: isActive(gateway), message: failure?.message)
    }
}
