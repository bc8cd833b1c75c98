import Model
import Storage

/// Looks up users and roles for other capabilities.
public struct UserDirectory: Sendable {
    private let store: any SQLStore

    public init(store: any SQLStore) { self.store = store }

    /// The user `name` or `STORE/name` of a tenant; upper and lower case do not matter.
    public func user(named name: String, in tenant: Tenant) async throws -> User? {
        try await store.read { try Self.user(named: name, in: tenant, $0) }
    }

    public func user(id: String, in tenant: Tenant) async throws -> User? {
        try await store.read { try UserTable.find(id: id, tenant: tenant.id, in: $0) }
    }

    /// Names of a user's roles, with `Internal/everyone`; empty for a user who does not exist.
    public func roles(ofUser name: String, in tenant: Tenant) async throws -> Set<String> {
        try await store.read { try Self.roles(ofUser: name, in: tenant, $0) }
    }

    /// Those of `names` that are no roles of the tenant; `publisher` also stands for `Internal/publisher`.
    public func unknownRoles(among names: [String], in tenant: Tenant) async throws -> [String] {
        try await store.read { try Self.unknownRoles(among: names, in: tenant, $0) }
    }

    /// As ``user(named:in:)``, within a transaction of the caller.
    public static func user(named name: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> User? {
        try UserTable.find(username: name, tenant: tenant.id, in: connection)
    }

    /// As ``roles(ofUser:in:)``, within a transaction of the caller.
    public static func roles(ofUser name: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> Set<String> {
        guard let user = try user(named: name, in: tenant, connection) else { return [] }
        return try RoleTable.names(of: user.id, tenant: tenant.id, in: connection)
    }

    /// As ``unknownRoles(among:in:)``, within a transaction of the caller.
    public static func unknownRoles(
        among names: [String], in tenant: Tenant, _ connection: any SQLConnection
    ) throws -> [String] {
        let everything =
            try RoleTable.all(isGroup: false, tenant: tenant.id, in: connection)
            + RoleTable.all(isGroup: true, tenant: tenant.id, in: connection)
        let known = Set(everything.map { $0.name.lowercased() })
        return names.filter { name in
            !Role.spellings(name).contains { known.contains($0.lowercased()) }
        }
    }
}
