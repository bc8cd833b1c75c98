import Documents
import Model
import Storage

/// The first administrator of a new tenant.
public struct TenantOwnerDraft: Sendable {
    public var username: String
    /// A secret.
    public var password: String
    public var attributes: JSONObject

    public init(username: String, password: String, attributes: JSONObject) {
        self.username = username
        self.password = password
        self.attributes = attributes
    }
}

/// Creates and ends tenants; for the super tenant's administrators only.
public struct TenantAdministration: Sendable {
    private let changes: ChangeStore
    private let preparation: TenantPreparation
    private let hasher: PasswordHasher
    private let random: RandomSource

    init(changes: ChangeStore, preparation: TenantPreparation, hasher: PasswordHasher, random: RandomSource) {
        self.changes = changes
        self.preparation = preparation
        self.hasher = hasher
        self.random = random
    }

    /// Creates a tenant with roles, keys, every capability's defaults, and its owner as administrator.
    public func create(
        domain: String, name: String, owner: TenantOwnerDraft, context: ChangeContext
    ) async throws -> TenantRecord {
        let domain = try Self.checked(domain)
        let username = try UserRules.name(owner.username, in: Tenant(id: 0, domain: domain))
        let hash = try await hasher.hash(try UserRules.password(owner.password))
        let key = try preparation.makeKey(for: Tenant(id: 0, domain: domain), at: context.milliseconds)
        let tenant = try await changes.change(context) { [self] in try reserve(domain, name, in: $0) }
        var inTenant = context
        inTenant.tenant = tenant
        return try await changes.change(inTenant) { [preparation] change in
            guard try TenantTable.find(id: tenant.id, in: change)?.ownerID == nil else {
                throw CatalogueError.tenantExists(domain)
            }
            try TenantTable.setActive(true, tenant: tenant, in: change)
            try preparation.prepare(key: key, in: change)
            let user = try preparation.addAdministrator(
                username, passwordHash: hash, attributes: owner.attributes, in: change)
            try TenantTable.setOwner(user.id, of: tenant, in: change)
            return try Self.existing(try TenantTable.find(id: tenant.id, in: change), domain)
        }
    }

    /// The new tenant, switched off until it has an owner. One that a crash left without an owner is taken up again.
    private func reserve(_ domain: String, _ name: String, in change: ChangeTransaction) throws -> Tenant {
        if let started = try TenantTable.find(domain: domain, in: change) {
            guard started.ownerID == nil, !started.tenant.isSuper else { throw CatalogueError.tenantExists(domain) }
            return started.tenant
        }
        let tenant = Tenant(id: try NumberSequence.next("tenant", in: change), domain: domain)
        try TenantTable.insert(tenant, uuid: random.uuid(), name: name, at: change.context.milliseconds, in: change)
        try TenantTable.setActive(false, tenant: tenant, in: change)
        try change.audit("create", kind: "tenant", id: domain, after: ["domain": .string(domain)])
        return tenant
    }

    /// A page of the tenants in the order of their creation, and how many there are.
    public func list(domain: DomainFilter?, limit: Int, offset: Int) async throws -> (tenants: [TenantRecord], total: Int) {
        try await changes.read { connection in
            (
                try TenantTable.list(domainLike: domain?.pattern, limit: limit, offset: offset, in: connection),
                try TenantTable.count(domainLike: domain?.pattern, in: connection)
            )
        }
    }

    public func find(uuid: String) async throws -> TenantRecord {
        try Self.existing(try await changes.read { try TenantTable.find(uuid: uuid, in: $0) }, uuid)
    }

    public func find(domain: String) async throws -> TenantRecord {
        try Self.existing(try await changes.read { try TenantTable.find(domain: domain, in: $0) }, domain)
    }

    /// The user who owns the tenant.
    public func owner(of record: TenantRecord) async throws -> User? {
        guard let id = record.ownerID else { return nil }
        return try await changes.read { try UserTable.find(id: id, tenant: record.tenant.id, in: $0) }
    }

    /// Switches a tenant off or on. While it is off nobody of it can sign in, and none of its tokens works, at the
    /// gateways either.
    public func setActive(_ active: Bool, uuid: String, context: ChangeContext) async throws {
        try await changes.change(context) { [preparation] change in
            let record = try Self.changeable(uuid, change)
            try TenantTable.setActive(active, tenant: record.tenant, in: change)
            try preparation.publishState(of: record.tenant, in: change)
            try change.audit(active ? "activate" : "deactivate", kind: "tenant", id: record.tenant.domain)
        }
    }

    /// Forgets a tenant: its domain is free again, nobody of it can sign in. What its users made stays behind, unreachable.
    public func delete(uuid: String, context: ChangeContext) async throws {
        try await changes.change(context) { [preparation] change in
            let record = try Self.changeable(uuid, change)
            try TenantTable.markDeleted(record.tenant, at: context.milliseconds, in: change)
            try preparation.publishState(of: record.tenant, in: change)
            try change.audit("delete", kind: "tenant", id: record.tenant.domain)
        }
    }

    private static func changeable(_ uuid: String, _ connection: any SQLConnection) throws -> TenantRecord {
        let record = try existing(try TenantTable.find(uuid: uuid, in: connection), uuid)
        guard !record.tenant.isSuper else { throw CatalogueError.forbidden("The super tenant cannot be changed") }
        return record
    }

    private static func existing(_ record: TenantRecord?, _ id: String) throws -> TenantRecord {
        guard let record else { throw CatalogueError.noSuchTenant(id) }
        return record
    }

    /// A domain in lower case: letters, digits, `.`, `-` and `_`, starting and ending with a letter or digit.
    private static func checked(_ domain: String) throws -> String {
        let lowered = domain.lowercased()
        let isAlphanumeric = { (byte: UInt8) in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = lowered.utf8.first, let last = lowered.utf8.last, lowered.utf8.count <= 255,
            isAlphanumeric(first), isAlphanumeric(last), !lowered.contains(".."),
            lowered.utf8.allSatisfy({ isAlphanumeric($0) || ".-_".utf8.contains($0) })
        else { throw CatalogueError.illegalTenantDomain(domain) }
        return lowered
    }
}

/// Which domains a list of tenants shall hold.
public enum DomainFilter: Sendable, Hashable {
    case equals(String), contains(String), startsWith(String), endsWith(String)

    /// For `lower(column) LIKE ? ESCAPE '!'`.
    var pattern: SQLValue {
        guard case .text(let containing) = SQLPattern.containing(text) else { return .null }
        let bare = containing.dropFirst().dropLast()
        return switch self {
        case .equals: .text(String(bare))
        case .contains: .text(containing)
        case .startsWith: .text("\(bare)%")
        case .endsWith: .text("%\(bare)")
        }
    }

    private var text: String {
        switch self {
        case .equals(let text), .contains(let text), .startsWith(let text), .endsWith(let text): text
        }
    }
}
