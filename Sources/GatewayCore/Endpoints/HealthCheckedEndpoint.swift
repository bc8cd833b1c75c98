import Model

/// An endpoint that is asked again and again whether it is well.
package struct HealthCheckedEndpoint: Sendable {
    package let upstream: Upstream
    package let check: GatewayHealthCheck
    private let endpoint: CompiledEndpoint

    init?(_ endpoint: CompiledEndpoint) {
        guard let check = endpoint.healthCheck else { return nil }
        self.check = check
        upstream = endpoint.upstream
        self.endpoint = endpoint
    }

    /// Whether both stand for one endpoint of one deployment.
    package func isSame(as other: HealthCheckedEndpoint) -> Bool { endpoint === other.endpoint }

    /// Sends requests to the endpoint, or no more.
    package func setWell(_ isWell: Bool) { endpoint.state.setWell(isWell) }
}

/// The endpoints with health checks by the slot of their API.
struct HealthCheckRegister: Sendable {
    private var endpoints: [Int32: [HealthCheckedEndpoint]] = [:]

    var all: [HealthCheckedEndpoint] { endpoints.isEmpty ? [] : endpoints.values.flatMap { $0 } }

    mutating func set(_ backends: [CompiledBackend], for slot: Int32) {
        let groups = backends.flatMap { [$0.production, $0.sandbox] }.compactMap { $0 }
        let checked = groups.flatMap(\.endpoints).compactMap(HealthCheckedEndpoint.init)
        endpoints[slot] = checked.isEmpty ? nil : checked
    }

    mutating func remove(_ slot: Int32) { endpoints[slot] = nil }
}
