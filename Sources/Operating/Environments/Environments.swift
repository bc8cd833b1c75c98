import Documents
import Model
import Storage

/// Gateway environments of a tenant.
public struct Environments: Sendable {
    /// Whether something is deployed to the environment `name`, which then cannot be deleted.
    public typealias Use =
        @Sendable (_ name: String, _ tenant: Tenant, _ connection: any SQLConnection) throws -> Bool

    private let changes: ChangeStore
    private let random: RandomSource
    private let catalogue: EnvironmentCatalogue
    private let isUsed: Use
    private let hasPolicies: Use

    /// - Parameters:
    ///   - isUsed: whether revisions of APIs are deployed there.
    ///   - hasPolicies: whether policies for all APIs are deployed there.
    public init(
        changes: ChangeStore, random: RandomSource, catalogue: EnvironmentCatalogue, isUsed: @escaping Use,
        hasPolicies: @escaping Use = { _, _, _ in false }
    ) {
        self.changes = changes
        self.random = random
        self.catalogue = catalogue
        self.isUsed = isUsed
        self.hasPolicies = hasPolicies
    }

    public func list(tenant: Tenant) async throws -> [GatewayEnvironment] {
        try await changes.read { try catalogue.environments(tenant: tenant, in: $0) }
    }

    /// Throws a 404 for ids of other tenants too.
    public func find(id: String, tenant: Tenant) async throws -> GatewayEnvironment {
        try await changes.read { try found(id, tenant: tenant, in: $0) }
    }

    /// Stores `draft` under a new id.
    public func create(_ draft: GatewayEnvironment, _ context: ChangeContext) async throws -> GatewayEnvironment {
        var environment = draft
        environment.id = random.uuid()
        environment.isReadOnly = false
        let created = environment
        try checkHosts(created)
        return try await changes.change(context) { transaction in
            try checkName(created.name, tenant: context.tenant, in: transaction)
            try catalogue.table.insert(created, tenant: context.tenant, in: transaction)
            try transaction.audit("create", kind: "environment", id: created.id, after: created.auditForm)
            return created
        }
    }

    /// Replaces the environment `id` by `draft`, all but its name. Throws a 409 for another type of keys while revisions are deployed there.
    public func update(
        id: String, to draft: GatewayEnvironment, _ context: ChangeContext
    ) async throws -> GatewayEnvironment {
        try checkHosts(draft)
        return try await changes.change(context) { transaction in
            let stored = try editable(id, tenant: context.tenant, in: transaction)
            if draft.name != stored.name { throw CatalogueError.environmentNameIsFixed }
            // What is deployed there was compiled for keys of these types.
            if draft.keyType != stored.keyType, try isUsed(stored.name, context.tenant, transaction) {
                throw CatalogueError.environmentHasDeployments(id)
            }
            var environment = draft
            environment.id = stored.id
            environment.isReadOnly = false
            try catalogue.table.update(environment, tenant: context.tenant, in: transaction)
            try transaction.audit(
                "update", kind: "environment", id: id, before: stored.auditForm, after: environment.auditForm)
            return environment
        }
    }

    /// Throws a 409 while revisions are deployed there.
    public func delete(id: String, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            let stored = try editable(id, tenant: context.tenant, in: transaction)
            if try isUsed(stored.name, context.tenant, transaction) { throw CatalogueError.environmentHasDeployments(id) }
            if try hasPolicies(stored.name, context.tenant, transaction) { throw CatalogueError.environmentHasPolicies(id) }
            try catalogue.table.delete(id: id, tenant: context.tenant, in: transaction)
            try transaction.audit("delete", kind: "environment", id: id, before: stored.auditForm)
        }
    }

    private func found(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> GatewayEnvironment {
        if let configured = catalogue.configured.first(where: { $0.id == id }) { return configured }
        guard let stored = try catalogue.table.find(id: id, tenant: tenant, in: connection) else {
            throw CatalogueError.environmentNotFound(id)
        }
        return stored
    }

    private func editable(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> GatewayEnvironment {
        let environment = try found(id, tenant: tenant, in: connection)
        if environment.isReadOnly { throw CatalogueError.environmentIsReadOnly(environment.name) }
        return environment
    }

    private func checkName(_ name: String, tenant: Tenant, in connection: any SQLConnection) throws {
        let isConfigured = catalogue.configured.contains { $0.name.lowercased() == name.lowercased() }
        if try isConfigured || catalogue.table.contains(name: name, tenant: tenant, in: connection) {
            throw CatalogueError.environmentExists(name)
        }
    }

    private func checkHosts(_ environment: GatewayEnvironment) throws {
        var seen: Set<String> = []
        for host in environment.virtualHosts where !seen.insert(host.host.lowercased()).inserted {
            throw CatalogueError.duplicateVirtualHost(host.host)
        }
    }
}

extension GatewayEnvironment {
    /// What audit rows say of an environment: nothing of its connector's settings, which hold credentials.
    fileprivate var auditForm: JSONValue {
        [
            "name": JSONValue(name), "displayName": JSONValue(displayName), "type": JSONValue(type),
            "gatewayType": JSONValue(gatewayType), "hosts": JSONValue(virtualHosts.map(\.host)),
        ]
    }
}
