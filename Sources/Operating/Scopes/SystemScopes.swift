import Documents
import Identity
import Model
import Storage

/// Which roles may do what with the platform's own REST APIs, and which roles count as others; a tenant's administrator decides.
public struct SystemScopes: Sendable {
    /// A scope of the REST APIs with the roles of which a user needs one.
    public struct Entry: Sendable, Hashable {
        public var name: String
        /// The portal whose API declares the scope, for instance `publisher`.
        public var tag: String
        public var roles: [String]

        public init(name: String, tag: String, roles: [String]) {
            self.name = name
            self.tag = tag
            self.roles = roles
        }
    }

    /// The scopes that one portal's API declares.
    public struct Group: Sendable, Hashable {
        /// For instance `publisher`.
        public var tag: String
        public var scopes: [String]

        public init(tag: String, scopes: [String]) {
            self.tag = tag
            self.scopes = scopes
        }
    }

    private let changes: ChangeStore
    private let groups: [Group]

    /// A scope counts to the first of the groups that has it.
    public init(changes: ChangeStore, groups: [Group]) {
        self.changes = changes
        self.groups = groups
    }

    public func list(tenant: Tenant) async throws -> [Entry] {
        let roles = try await changes.read { try ScopeRegistry.restRoles(of: tenant, $0) }
        var seen: Set<String> = []
        return groups.flatMap { group in
            group.scopes.filter { seen.insert($0).inserted }
                .map { Entry(name: $0, tag: group.tag, roles: roles[$0] ?? []) }
        }
    }

    /// Sets the roles of the scopes in `entries`; others stay. Throws a 400 for a scope that no API has.
    public func setRoles(_ entries: [(name: String, roles: [String])], _ context: ChangeContext) async throws {
        let known = Set(groups.flatMap(\.scopes))
        if let unknown = entries.first(where: { !known.contains($0.name) }) {
            throw CatalogueError.badRequest("There is no scope '\(unknown.name)'")
        }
        let wanted = entries.map { Entry(name: $0.name, tag: "", roles: $0.roles) }
        try await changes.change(context) { transaction in
            let before = try ScopeRegistry.restRoles(of: context.tenant, transaction)
            for entry in wanted where before[entry.name] ?? [] != entry.roles {
                try ScopeRegistry.setRestRoles(entry.roles, of: entry.name, in: transaction)
                try transaction.audit(
                    "update", kind: "systemScope", id: entry.name, before: ["roles": JSONValue(before[entry.name] ?? [])],
                    after: ["roles": JSONValue(entry.roles)])
            }
        }
    }

    /// Roles by alias: who holds the alias counts as holding the roles.
    public func aliases(tenant: Tenant) async throws -> [String: [String]] {
        try await changes.read { try ScopeRegistry.roleAliases(of: tenant, $0) }
    }

    /// Replaces all aliases.
    public func setAliases(_ aliases: [String: [String]], _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            let before = try ScopeRegistry.roleAliases(of: context.tenant, transaction)
            try ScopeRegistry.setRoleAliases(aliases, in: transaction)
            try transaction.audit(
                "update", kind: "roleAliases", id: context.tenant.domain, before: Self.auditForm(before),
                after: Self.auditForm(aliases))
        }
    }

    private static func auditForm(_ aliases: [String: [String]]) -> JSONValue {
        .object(JSONObject(aliases.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }))
    }
}
