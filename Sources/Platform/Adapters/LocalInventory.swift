import InspectionAPI
import Model

/// What the gateway of a control plane's process has loaded.
struct LocalInventory: GatewayInventory {
    let feed: LocalFeed

    func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        try await requireGateway()
        return try await feed.served(kinds)
    }

    func keys(ofAPI name: String, version: String, tenantDomain: String) async throws -> [String] {
        try await requireGateway()
        return try await feed.known([.api]).keys(ofAPI: name, version: version, tenantDomain: tenantDomain)
    }

    func withhold(_ key: String) async throws {
        try await requireGateway()
        try await feed.withhold(key)
    }

    func restore(_ key: String) async throws -> Bool {
        try await requireGateway()
        return try await feed.restore(key)
    }

    private func requireGateway() async throws {
        guard await feed.isAttached else { throw CatalogueError.noGatewayHere }
    }
}

extension [GatewayEntity] {
    /// The keys of an API's deployments among them.
    func keys(ofAPI name: String, version: String, tenantDomain: String) -> [String] {
        compactMap { entity in
            guard case .api(let api) = entity, api.name == name, api.version == version, api.tenantDomain == tenantDomain else {
                return nil
            }
            return entity.key
        }
    }
}
