import InspectionAPI
import Logging
import Model
import RemoteFeed

/// What a gateway that runs apart has loaded.
struct RemoteInventory: GatewayInventory {
    let follower: FeedFollower
    let logger: Logger

    func entities(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        let withheld = await follower.withheld
        return try await known(kinds).filter { !($0.kind == .api && withheld.contains($0.key)) }
    }

    func keys(ofAPI name: String, version: String, tenantDomain: String) async throws -> [String] {
        try await known([.api]).keys(ofAPI: name, version: version, tenantDomain: tenantDomain)
    }

    func withhold(_ key: String) async throws { try await follower.withhold(key) }

    func restore(_ key: String) async throws -> Bool {
        guard let entity = try await known([.api]).first(where: { $0.key == key }) else { return false }
        try await follower.restore(entity)
        return true
    }

    private func known(_ kinds: Set<GatewayEntity.Kind>) async throws -> [GatewayEntity] {
        do {
            return try await follower.remembered(kinds)
        } catch {
            logger.error("The gateway's memory cannot be read.", metadata: ["error": "\(error)"])
            throw CatalogueError.gatewayMemoryUnreadable
        }
    }
}
