import Documents
import Model
import Storage

/// Brings identity into the state that a running platform needs. Runs at every start and changes only what is missing.
public struct IdentityBootstrap: Sendable {
    /// The first administrator, from `[super_admin]` or made at the first start.
    public struct Administrator: Sendable {
        public var name: String
        /// A secret.
        public var password: String

        public init(name: String, password: String) {
            self.name = name
            self.password = password
        }
    }

    private let changes: ChangeStore
    private let keyring: SigningKeyring
    private let preparation: TenantPreparation
    private let hasher: PasswordHasher
    private let time: TimeSource

    init(
        changes: ChangeStore, keyring: SigningKeyring, preparation: TenantPreparation, hasher: PasswordHasher, time: TimeSource
    ) {
        self.changes = changes
        self.keyring = keyring
        self.preparation = preparation
        self.hasher = hasher
        self.time = time
    }

    /// Whether any user has the role `admin` in the super tenant.
    public static func hasAdministrator(_ store: any SQLStore) async throws -> Bool {
        try await store.read { connection in
            try connection.first(
                """
                SELECT user_role.user_id FROM user_role JOIN role ON role.id = user_role.role_id
                WHERE role.tenant_id = ? AND role.name = ? LIMIT 1
                """, [SQLValue(Tenant.superTenant.id), SQLValue(BuiltInRole.administrator.rawValue)]) != nil
        }
    }

    /// Prepares all tenants; creates `administrator` in the super tenant unless a user of that name exists.
    public func prepare(administrator: Administrator?) async throws {
        let tenants = try await changes.read { connection in
            try [TenantTable.find(id: Tenant.superTenant.id, in: connection)].compactMap { $0 }
                + TenantTable.list(domainLike: nil, limit: Int(Int32.max), offset: 0, in: connection)
        }
        for record in tenants { try await prepare(record.tenant) }
        if let administrator { try await create(administrator) }
    }

    private func prepare(_ tenant: Tenant) async throws {
        let now = time.milliseconds
        let hasKey = try await changes.read { [keyring] in try keyring.hasKey(tenant, in: $0) }
        let key = hasKey ? nil : try preparation.makeKey(for: tenant, at: now)
        try await changes.change(context(tenant, now)) { [preparation] in try preparation.prepare(key: key, in: $0) }
    }

    private func create(_ administrator: Administrator) async throws {
        let tenant = Tenant.superTenant
        let existing = try await changes.read { try UserTable.find(username: administrator.name, tenant: tenant.id, in: $0) }
        guard existing == nil else { return }
        let hash = try await hasher.hash(administrator.password)
        try await changes.change(context(tenant, time.milliseconds)) { [preparation] change in
            guard try UserTable.find(username: administrator.name, tenant: tenant.id, in: change) == nil else { return }
            let user = try preparation.addAdministrator(
                administrator.name, passwordHash: hash, attributes: JSONObject(), in: change)
            try TenantTable.setOwner(user.id, of: tenant, in: change)
        }
    }

    private func context(_ tenant: Tenant, _ milliseconds: Int64) -> ChangeContext {
        ChangeContext(actor: "martlet", tenant: tenant, clientAddress: "", requestID: "", milliseconds: milliseconds)
    }
}
