import Documents
import Model
import Storage

/// A role or group with the users who have it.
public struct RoleDetails: Sendable, Hashable {
    public var role: Role
    public var members: [User]
}

/// What an administrator wants a role or group to be.
public struct RoleDraft: Sendable {
    public var name: String
    public var permissions: [String]
    /// Ids of the users who shall have it.
    public var memberIDs: [String]

    public init(name: String, permissions: [String], memberIDs: [String]) {
        self.name = name
        self.permissions = permissions
        self.memberIDs = memberIDs
    }
}

/// Creates, changes and removes the roles, or the groups, of a tenant.
public struct RoleAdministration: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    /// Whether this is about groups.
    private let isGroup: Bool

    init(changes: ChangeStore, random: RandomSource, isGroup: Bool) {
        self.changes = changes
        self.random = random
        self.isGroup = isGroup
    }

    /// All of the tenant in order of their names.
    public func all(of tenant: Tenant) async throws -> [RoleDetails] {
        try await changes.read { [isGroup] connection in
            try RoleTable.all(isGroup: isGroup, tenant: tenant.id, in: connection).map { try Self.details($0, connection) }
        }
    }

    public func find(id: String, of tenant: Tenant) async throws -> RoleDetails {
        try await changes.read { [isGroup] in try Self.details(try Self.existing(id, isGroup, tenant, $0), $0) }
    }

    public func create(_ draft: RoleDraft, context: ChangeContext) async throws -> RoleDetails {
        try Self.checkName(draft.name)
        return try await changes.change(context) { [isGroup, random] change in
            guard try RoleTable.find(name: draft.name, isGroup: isGroup, tenant: context.tenant.id, in: change) == nil else {
                throw CatalogueError.alreadyExists("\(isGroup ? "Group" : "Role") '\(draft.name)' exists already")
            }
            let role = Role(
                id: random.uuid(), tenantID: context.tenant.id, name: draft.name, isGroup: isGroup,
                permissions: draft.permissions, version: 1, createdMilliseconds: context.milliseconds,
                modifiedMilliseconds: context.milliseconds)
            try RoleTable.insert(role, in: change)
            try Self.setMembers(draft.memberIDs, of: role, in: change)
            try change.audit("create", kind: "role", id: role.id, after: Self.auditForm(draft))
            return try Self.details(role, change)
        }
    }

    /// Replaces name, permissions and members. The name of a built-in role stays.
    public func replace(_ id: String, with draft: RoleDraft, context: ChangeContext) async throws -> RoleDetails {
        try Self.checkName(draft.name)
        return try await changes.change(context) { [isGroup] change in
            var role = try Self.existing(id, isGroup, context.tenant, change)
            let before = try Self.details(role, change)
            if draft.name != role.name { try Self.checkRename(of: role, to: draft.name, in: change) }
            role.name = draft.name
            role.permissions = draft.permissions
            role.version += 1
            role.modifiedMilliseconds = context.milliseconds
            try RoleTable.update(role, in: change)
            try Self.setMembers(draft.memberIDs, of: role, in: change)
            let after = try Self.details(role, change)
            try change.audit(
                "update", kind: "role", id: id, before: Self.auditForm(before.draft), after: Self.auditForm(after.draft))
            return after
        }
    }

    public func delete(_ id: String, context: ChangeContext) async throws {
        try await changes.change(context) { [isGroup] change in
            let role = try Self.existing(id, isGroup, context.tenant, change)
            guard !Self.isBuiltIn(role) else { throw CatalogueError.forbidden("Built-in roles cannot be deleted") }
            let before = try Self.details(role, change)
            for member in try RoleTable.memberIDs(of: role.id, tenant: role.tenantID, in: change) {
                try TokenRevocation.forgetSignIns(userID: member, in: change)
            }
            try RoleTable.delete(id: id, tenant: role.tenantID, in: change)
            try change.audit("delete", kind: "role", id: id, before: Self.auditForm(before.draft))
        }
    }

    private static func existing(
        _ id: String, _ isGroup: Bool, _ tenant: Tenant, _ connection: any SQLConnection
    ) throws -> Role {
        guard let role = try RoleTable.find(id: id, tenant: tenant.id, in: connection), role.isGroup == isGroup else {
            throw CatalogueError.notFound(isGroup ? "Group" : "Role", id: id)
        }
        return role
    }

    private static func checkName(_ name: String) throws {
        let isClean = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "," }
        guard !name.isEmpty, name.count <= 255, isClean else {
            throw CatalogueError.badRequest("displayName must have 1 to 255 characters and no commas or control characters")
        }
    }

    private static func checkRename(of role: Role, to name: String, in change: ChangeTransaction) throws {
        guard !isBuiltIn(role) else { throw CatalogueError.forbidden("Built-in roles cannot be renamed") }
        let other = try RoleTable.find(name: name, isGroup: role.isGroup, tenant: role.tenantID, in: change)
        guard other == nil || other?.id == role.id else {
            throw CatalogueError.alreadyExists("'\(name)' exists already")
        }
    }

    /// Makes `ids` the members. The administrators' role keeps the owner of the tenant, so that nobody locks everybody out.
    private static func setMembers(_ ids: [String], of role: Role, in change: ChangeTransaction) throws {
        let current = Set(try RoleTable.memberIDs(of: role.id, tenant: role.tenantID, in: change))
        let wanted = Set(ids)
        for id in wanted.subtracting(current).sorted() {
            guard try UserTable.find(id: id, tenant: role.tenantID, in: change) != nil else {
                throw CatalogueError.badRequest("User '\(id)' does not exist")
            }
            try RoleTable.assign(role.id, to: id, tenant: role.tenantID, in: change)
            try TokenRevocation.forgetSignIns(userID: id, in: change)
        }
        let owner = try TenantTable.find(id: role.tenantID, in: change)?.ownerID
        for id in current.subtracting(wanted).sorted() {
            guard role.name != BuiltInRole.administrator.rawValue || id != owner else {
                throw CatalogueError.forbidden("The owner of a tenant keeps the role admin")
            }
            try RoleTable.withdraw(role.id, from: id, tenant: role.tenantID, in: change)
            try TokenRevocation.forgetSignIns(userID: id, in: change)
        }
    }

    private static func details(_ role: Role, _ connection: any SQLConnection) throws -> RoleDetails {
        let ids = try RoleTable.memberIDs(of: role.id, tenant: role.tenantID, in: connection)
        let members = try ids.compactMap { try UserTable.find(id: $0, tenant: role.tenantID, in: connection) }
        return RoleDetails(role: role, members: members)
    }

    private static func isBuiltIn(_ role: Role) -> Bool { !role.isGroup && BuiltInRole(rawValue: role.name) != nil }

    private static func auditForm(_ draft: RoleDraft) -> JSONValue {
        [
            "displayName": .string(draft.name), "permissions": JSONValue(draft.permissions),
            "users": JSONValue(draft.memberIDs),
        ]
    }
}

extension RoleDetails {
    /// What would make the role as it is.
    public var draft: RoleDraft {
        RoleDraft(name: role.name, permissions: role.permissions, memberIDs: members.map(\.id))
    }
}
