import Identity
import Model
import Storage

/// The key managers that developers may choose from.
public struct OfferedKeyManagers: Sendable {
    private let changes: ChangeStore
    private let managers: KeyManagers

    public init(changes: ChangeStore, managers: KeyManagers) {
        self.changes = changes
        self.managers = managers
    }

    /// The enabled ones of a tenant that the user's roles admit.
    public func list(tenant: Tenant, roles: Set<String>) async throws -> [KeyManager] {
        try await managers.list(tenant).filter { $0.isEnabled && $0.isForEverybody && $0.permission.admits(roles) }
    }

    /// The key manager of a name or id, whoever may use it; `nil` for none.
    func find(_ reference: String, tenant: Tenant, in connection: any SQLConnection) throws -> KeyManager? {
        try managers.find(reference, in: tenant, connection)
    }

    /// The key manager of a name or id for new keys of an application. Throws 901403 for one that is unknown or switched off, and 902013
    /// for one that the user may not use.
    func choose(
        _ reference: String, tenant: Tenant, roles: Set<String>, in connection: any SQLConnection
    ) throws -> KeyManager {
        guard let manager = try managers.find(reference, in: tenant, connection), manager.isEnabled else {
            throw CatalogueError.keyManagerNotRegistered(reference)
        }
        guard manager.isForEverybody, manager.permission.admits(roles) else {
            throw CatalogueError.keyManagerIsRestricted(manager.name)
        }
        return manager
    }
}

extension KeyManager {
    /// Whether it is for members of any organisation, and for those of none.
    fileprivate var isForEverybody: Bool { organizations.contains("ALL") }
}
