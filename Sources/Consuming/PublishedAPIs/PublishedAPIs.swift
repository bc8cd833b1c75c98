import Model
import Storage

/// The APIs that consumers find: published, and visible to whoever asks.
public struct PublishedAPIs: Sendable {
    private let changes: ChangeStore

    public init(changes: ChangeStore) { self.changes = changes }

    /// A page of the APIs that match, and their number.
    public func list(
        _ search: PublishedAPISearch, tenant: Tenant, viewer: Principal?
    ) async throws -> (apis: [PublishedAPI], total: Int) {
        try await changes.read { try PublishedAPITable.list(search, tenant: tenant, viewer: viewer, in: $0) }
    }

    /// The API with its shown deployments. Throws a 404 for what the viewer may not see.
    public func find(
        id: String, tenant: Tenant, viewer: Principal?
    ) async throws -> (api: PublishedAPI, deployments: [PublishedDeployment]) {
        try await changes.read { connection in
            let api = try Self.visible(id, tenant: tenant, viewer: viewer, in: connection)
            return (api, try PublishedAPITable.deployments(of: api, in: connection))
        }
    }

    /// The API with its OpenAPI document and its shown deployments.
    public func definition(
        id: String, tenant: Tenant, viewer: Principal?
    ) async throws -> (api: PublishedAPI, definition: String, deployments: [PublishedDeployment]) {
        try await changes.read { connection in
            let api = try Self.visible(id, tenant: tenant, viewer: viewer, in: connection)
            guard let definition = try PublishedAPITable.definition(of: api, in: connection) else {
                throw CatalogueError.notFound("API definition", id: id)
            }
            return (api, definition, try PublishedAPITable.deployments(of: api, in: connection))
        }
    }

    /// The picture of the API, or `nil`.
    public func thumbnail(
        id: String, tenant: Tenant, viewer: Principal?
    ) async throws -> (bytes: [UInt8], mediaType: String)? {
        try await changes.read { connection in
            let api = try Self.visible(id, tenant: tenant, viewer: viewer, in: connection)
            return try PublishedAPITable.thumbnail(of: api, in: connection)
        }
    }

    /// Tags of visible APIs with the number of APIs that carry each.
    public func tags(tenant: Tenant, viewer: Principal?) async throws -> [(value: String, count: Int)] {
        try await changes.read { try PublishedAPITable.tags(tenant: tenant, viewer: viewer, in: $0) }
    }

    /// Throws a 404 for APIs of other tenants, in other states, and such as the viewer may not see.
    static func visible(
        _ id: String, tenant: Tenant, viewer: Principal?, in connection: any SQLConnection
    ) throws -> PublishedAPI {
        guard let api = try PublishedAPITable.find(id: id, tenant: tenant, in: connection),
            PublishedAPI.visibleStates.contains(api.lifecycleState), api.isVisible(to: viewer)
        else { throw CatalogueError.publishedAPINotFound(id) }
        return api
    }
}
