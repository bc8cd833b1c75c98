import Model

/// The gateway environments to which a tenant can deploy.
public protocol EnvironmentDirectory: Sendable {
    func environments(of tenant: Tenant) async throws -> [GatewayEnvironment]
}

/// A fixed list of environments, the same for every tenant: those of the configuration.
public struct ConfiguredEnvironments: EnvironmentDirectory {
    private let list: [GatewayEnvironment]

    public init(_ list: [GatewayEnvironment]) { self.list = list }

    public func environments(of tenant: Tenant) -> [GatewayEnvironment] { list }
}
