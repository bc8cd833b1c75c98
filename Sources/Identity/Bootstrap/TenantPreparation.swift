import Documents
import Model
import Storage

/// Gives a tenant what every tenant has: roles, a signing key, and whatever other capabilities add.
public struct TenantPreparation: Sendable {
    /// Adds a capability's own defaults, such as throttling policies, in the transaction that creates a tenant. Must be
    /// repeatable: it runs for existing tenants at each start, too.
    public typealias Step = @Sendable (ChangeTransaction) throws -> Void

    private let keyring: SigningKeyring
    private let residents: ResidentKeyManagers
    private let publication: KeyManagerPublication
    private let random: RandomSource
    private let steps: [Step]

    init(publication: KeyManagerPublication, random: RandomSource = .system, steps: [Step] = []) {
        keyring = publication.keyring
        residents = ResidentKeyManagers(table: publication.table, random: random)
        self.publication = publication
        self.random = random
        self.steps = steps
    }

    /// Makes what is slow to make: to be called before ``prepare(key:in:)``, outside of the transaction.
    func makeKey(for tenant: Tenant, at milliseconds: Int64) throws -> PreparedKey {
        PreparedKey(value: try keyring.makeKey(for: tenant, at: milliseconds))
    }

    /// Prepares the tenant of the change. Without a key the tenant must have one already.
    func prepare(key: PreparedKey?, in change: ChangeTransaction) throws {
        let tenant = change.context.tenant
        for role in BuiltInRole.allCases { try ensure(role, in: change) }
        if let key { try keyring.store(key.value, for: tenant, at: change.context.milliseconds, in: change) }
        try residents.ensure(in: change)
        try publication.publish(tenant, in: change)
        for step in steps { try step(change) }
    }

    /// Tells the gateways that a tenant was switched on or off.
    func publishState(of tenant: Tenant, in change: ChangeTransaction) throws { try publication.publish(tenant, in: change) }

    private func ensure(_ role: BuiltInRole, in change: ChangeTransaction) throws {
        let tenant = change.context.tenant.id
        guard try RoleTable.find(name: role.rawValue, isGroup: false, tenant: tenant, in: change) == nil else { return }
        let now = change.context.milliseconds
        let new = Role(
            id: random.uuid(), tenantID: tenant, name: role.rawValue, isGroup: false, permissions: role.permissions,
            version: 1, createdMilliseconds: now, modifiedMilliseconds: now)
        try RoleTable.insert(new, in: change)
    }

    /// Adds a user with the role `admin`.
    func addAdministrator(
        _ username: String, passwordHash: String, attributes: JSONObject, in change: ChangeTransaction
    ) throws -> User {
        let tenant = change.context.tenant.id
        let now = change.context.milliseconds
        let (store, name) = User.split(username)
        let user = User(
            id: random.uuid(), tenantID: tenant, store: store, name: name, isLocked: false, attributes: attributes,
            version: 1, createdMilliseconds: now, modifiedMilliseconds: now)
        try UserTable.insert(user, passwordHash: passwordHash, in: change)
        try assignAdministrator(user, in: change)
        try change.audit("create", kind: "user", id: user.id, after: ["userName": .string(user.qualifiedName)])
        return user
    }

    /// Gives a user the role `admin`.
    func assignAdministrator(_ user: User, in change: ChangeTransaction) throws {
        let tenant = user.tenantID
        let name = BuiltInRole.administrator.rawValue
        guard let role = try RoleTable.find(name: name, isGroup: false, tenant: tenant, in: change) else { return }
        try RoleTable.assign(role.id, to: user.id, tenant: tenant, in: change)
    }
}
