import Model
import Storage

@testable import Publishing

/// What other capabilities keep, as far as tests need it. Subscriptions lie in a table of their own.
struct TestDirectory: Sendable {
    let plans: [String]

    static let migration = Migration(
        900, "test subscriptions",
        [
            """
            CREATE TABLE test_subscription (
                application TEXT NOT NULL, api_id TEXT NOT NULL, tenant_id INTEGER NOT NULL DEFAULT -1234,
                plan TEXT NOT NULL DEFAULT 'Gold', status TEXT NOT NULL DEFAULT 'UNBLOCKED',
                version INTEGER NOT NULL DEFAULT 1)
            """,
            "CREATE TABLE test_scope (tenant_id INTEGER NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL)",
        ])
}

extension TestDirectory: PolicyDirectory {
    func policies(level: ThrottlingLevel, of tenant: Tenant) -> [ThrottlingPolicy] {
        let names = level == .subscription ? plans : ["10KPerMin", "Unlimited"]
        return names.enumerated().map { number, name in
            ThrottlingPolicy(
                id: name, number: number, level: level, name: name,
                limit: ThrottlingLimit(name.hasPrefix("Async") ? .events(count: 10) : .requests(count: 10), per: 1, .minute),
                plan: name == "Managers" ? BusinessPlan(permission: .init(kind: .allow, roles: ["manager"])) : nil)
        }
    }
}

extension TestDirectory: RoleDirectory {
    static let roles: Set<String> = ["admin", "internal/publisher", "internal/creator", "manager", "other"]

    func unknownRoles(among names: [String], in tenant: Tenant) -> [String] {
        names.filter { !Self.roles.contains($0.lowercased()) }
    }

    func userExists(_ name: String, in tenant: Tenant) -> Bool { ["kim", "admin", "lee"].contains(name) }

    func profile(ofUser name: String, in tenant: Tenant) -> UserProfile? {
        guard name != "gone" else { return nil }
        return UserProfile(
            name: name, roles: name == "boss" ? ["manager"] : [],
            claims: [.init(name: "Email", uri: "http://wso2.org/claims/emailaddress", value: "\(name)@example.com")])
    }

    func tenants(active: Bool) -> [Tenant] { active ? [.superTenant, Tenant(id: 7, domain: "example.com")] : [] }
}

extension TestDirectory: CategoryDirectory {
    func categories(of tenant: Tenant) -> [APICategory] { [APICategory(id: "c1", name: "Food", description: "")] }
}

extension TestDirectory: ScopeRegistrar {
    func put(_ scope: PublishedScope, in change: ChangeTransaction) throws {
        try remove(scope.name, in: change)
        try change.execute(
            "INSERT INTO test_scope (tenant_id, name, roles) VALUES (?, ?, ?)",
            [SQLValue(change.context.tenant.id), SQLValue(scope.name), SQLValue(scope.roles.joined(separator: ","))])
    }

    func remove(_ name: String, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM test_scope WHERE tenant_id = ? AND name = ?", [SQLValue(change.context.tenant.id), SQLValue(name)])
    }
}

extension TestDirectory: InternalKeySigner {
    func internalKey(
        for api: APIRecord, subject: String, keyType: KeyType, tenant: Tenant, milliseconds: Int64,
        in connection: any SQLConnection
    ) -> (token: String, validitySeconds: Int) {
        ("\(subject) \(keyType.rawValue) \(api.context)", 60_000)
    }
}

extension TestDirectory: SubscriptionRegister {
    func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> Int {
        try connection.query("SELECT application FROM test_subscription WHERE api_id = ?", [SQLValue(id)]).count
    }

    func list(
        ofAPI id: String?, name: String, tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [PublisherSubscription], total: Int) {
        let rows = try connection.query("SELECT * FROM test_subscription WHERE api_id = ?", [SQLValue(id)])
        let list = try rows.map(Self.subscription).filter { name.isEmpty || $0.applicationName.contains(name) }
        return (list, list.count)
    }

    func find(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> PublisherSubscription? {
        try connection.first(
            "SELECT * FROM test_subscription WHERE application = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant.id)]
        ).map(Self.subscription)
    }

    func setStatus(
        _ status: SubscriptionStatus, of id: String, in change: ChangeTransaction
    ) throws -> PublisherSubscription { try set("status", status.rawValue, of: id, in: change) }

    func setPlan(_ plan: String, of id: String, in change: ChangeTransaction) throws -> PublisherSubscription {
        try set("plan", plan, of: id, in: change)
    }

    private func set(
        _ column: String, _ value: String, of id: String, in change: ChangeTransaction
    ) throws -> PublisherSubscription {
        try change.execute(
            "UPDATE test_subscription SET \(column) = ?, version = version + 1 WHERE application = ? AND tenant_id = ?",
            [SQLValue(value), SQLValue(id), SQLValue(change.context.tenant.id)])
        guard let found = try find(id, tenant: change.context.tenant, in: change) else {
            throw CatalogueError.subscriptionNotFound(id)
        }
        return found
    }

    /// The application's name is also the id of the subscription and the name of its owner.
    private static func subscription(_ row: SQLRow) throws -> PublisherSubscription {
        let name = try row.text("application")
        return PublisherSubscription(
            id: name, apiID: try row.text("api_id"), applicationID: name, applicationName: name, subscriber: name,
            applicationDescription: "", applicationSubscriptionCount: 1, policy: try row.text("plan"),
            status: SubscriptionStatus(rawValue: try row.text("status")) ?? .onHold, version: try row.int64("version"))
    }

    func copy(fromAPI id: String, toAPI target: String, in change: ChangeTransaction) throws {
        try change.execute(
            "INSERT INTO test_subscription (application, api_id) SELECT application, ? FROM test_subscription WHERE api_id = ?",
            [SQLValue(target), SQLValue(id)])
    }

    func removeAll(ofAPI id: String, in change: ChangeTransaction) throws {
        try change.execute("DELETE FROM test_subscription WHERE api_id = ?", [SQLValue(id)])
    }
}
