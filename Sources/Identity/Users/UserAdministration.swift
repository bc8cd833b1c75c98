import Documents
import Model
import Storage

/// A user as its administration shows it, with roles and groups.
public struct UserDetails: Sendable, Hashable {
    public var user: User
    /// Assigned roles, without the one that everybody has.
    public var roles: [Role]
    public var groups: [Role]
}

/// What an administrator wants a user to be.
public struct UserDraft: Sendable {
    /// `name`, or `STORE/name`.
    public var username: String
    /// A secret; `nil` keeps the password of an existing user.
    public var password: String?
    public var isLocked: Bool
    /// SCIM attributes without those that other members hold.
    public var attributes: JSONObject

    public init(username: String, password: String?, isLocked: Bool, attributes: JSONObject) {
        self.username = username
        self.password = password
        self.isLocked = isLocked
        self.attributes = attributes
    }
}

/// Creates, changes and removes users of a tenant.
public struct UserAdministration: Sendable {
    /// What another capability does, within the change, when a user of the change's tenant is made; `name` is `name@domain`.
    public typealias CreationStep = @Sendable (_ name: String, _ change: ChangeTransaction) throws -> Void

    private let changes: ChangeStore
    private let hasher: PasswordHasher
    private let random: RandomSource
    private let creationSteps: [CreationStep]

    init(changes: ChangeStore, hasher: PasswordHasher, random: RandomSource, creationSteps: [CreationStep]) {
        self.changes = changes
        self.hasher = hasher
        self.random = random
        self.creationSteps = creationSteps
    }

    /// All users of the tenant in order of their names.
    public func users(of tenant: Tenant) async throws -> [UserDetails] {
        try await changes.read { connection in
            try UserTable.all(tenant: tenant.id, in: connection).map { try Self.details($0, connection) }
        }
    }

    /// The user `name` or `STORE/name`, or `nil`.
    public func user(named name: String, of tenant: Tenant) async throws -> UserDetails? {
        try await changes.read { connection in
            try UserTable.find(username: name, tenant: tenant.id, in: connection).map { try Self.details($0, connection) }
        }
    }

    public func user(id: String, of tenant: Tenant) async throws -> UserDetails {
        try await changes.read { try Self.details(try Self.existing(id, tenant, $0), $0) }
    }

    /// Creates a user in the tenant of the change.
    public func create(_ draft: UserDraft, context: ChangeContext) async throws -> UserDetails {
        let name = try UserRules.name(draft.username, in: context.tenant)
        let password = try UserRules.password(draft.password)
        let hash = try await hasher.hash(password)
        return try await changes.change(context) { [random, creationSteps] change in
            guard try UserTable.find(username: name, tenant: context.tenant.id, in: change) == nil else {
                throw CatalogueError.userExists(name)
            }
            let user = User(
                id: random.uuid(), tenantID: context.tenant.id, store: User.primaryStore, name: name,
                isLocked: draft.isLocked, attributes: draft.attributes, version: 1,
                createdMilliseconds: context.milliseconds, modifiedMilliseconds: context.milliseconds)
            try UserTable.insert(user, passwordHash: hash, in: change)
            try change.audit("create", kind: "user", id: user.id, after: user.auditForm)
            for step in creationSteps { try step("\(user.qualifiedName)@\(context.tenant.domain)", change) }
            return try Self.details(user, change)
        }
    }

    /// Replaces a user's attributes and, if given, the password. The name cannot change. A new password or a lock ends the
    /// user's tokens.
    public func replace(_ id: String, with draft: UserDraft, context: ChangeContext) async throws -> UserDetails {
        let hash: String? =
            if let password = draft.password { try await hasher.hash(try UserRules.password(password)) } else { nil }
        return try await changes.change(context) { change in
            let before = try Self.existing(id, context.tenant, change)
            guard try UserRules.name(draft.username, in: context.tenant).lowercased() == before.qualifiedName.lowercased()
            else {
                throw CatalogueError.userNameChanged
            }
            var user = before
            user.attributes = draft.attributes
            user.isLocked = draft.isLocked
            user.version += 1
            user.modifiedMilliseconds = context.milliseconds
            try UserTable.update(user, in: change)
            if let hash { try UserTable.setPassword(hash, id: user.id, tenant: user.tenantID, in: change) }
            if hash != nil || user.isLocked { try TokenRevocation.revokeAll(userID: user.id, in: change) }
            try change.audit("update", kind: "user", id: user.id, before: before.auditForm, after: user.auditForm)
            return try Self.details(user, change)
        }
    }

    /// Removes a user and ends the user's tokens. A tenant's owner stays.
    public func delete(_ id: String, context: ChangeContext) async throws {
        try await changes.change(context) { change in
            let user = try Self.existing(id, context.tenant, change)
            guard try TenantTable.find(id: context.tenant.id, in: change)?.ownerID != user.id else {
                throw CatalogueError.forbidden("The owner of a tenant cannot be deleted")
            }
            try TokenRevocation.revokeAll(userID: user.id, in: change)
            try UserTable.delete(id: user.id, tenant: user.tenantID, in: change)
            try change.audit("delete", kind: "user", id: user.id, before: user.auditForm)
        }
    }

    private static func existing(_ id: String, _ tenant: Tenant, _ connection: any SQLConnection) throws -> User {
        guard let user = try UserTable.find(id: id, tenant: tenant.id, in: connection) else {
            throw CatalogueError.notFound("User", id: id)
        }
        return user
    }

    private static func details(_ user: User, _ connection: any SQLConnection) throws -> UserDetails {
        let assigned = try RoleTable.assigned(to: user.id, tenant: user.tenantID, in: connection)
        return UserDetails(user: user, roles: assigned.filter { !$0.isGroup }, groups: assigned.filter(\.isGroup))
    }
}

extension User {
    /// The user without secrets, for audit rows.
    var auditForm: JSONValue {
        ["userName": .string(qualifiedName), "locked": JSONValue(isLocked), "attributes": .object(attributes)]
    }
}
