import Model
import Storage

@testable import Publishing

/// What other capabilities keep, as far as tests need it. Subscriptions lie in a table of their own.
struct TestDirectory: Sendable {
    let plans: [String]

    static let migration = Migration(
        900, "test subscriptions",
        [
            "CREATE TABLE test_subscription (application TEXT NOT NULL, api_id TEXT NOT NULL)",
            "CREATE TABLE test_scope (tenant_id INTEGER NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL)",
        ])
}

extension TestDirectory: PolicyDirectory {
    func policies(level: ThrottlingLevel, of tenant: Tenant) -> [ThrottlingPolicy] {
        let names = level == .subscription ? plans : ["10KPerMin", "Unlimited"]
        return names.enumerated().map { number, name in
            ThrottlingPolicy(
                id: name, number: number, level: level, name: name,
                limit: ThrottlingLimit(name.hasPrefix("Async") ? .events(count: 10) : .requests(count: 10), per: 1, .minute))
        }
    }
}

extension TestDirectory: RoleDirectory {
    static let roles: Set<String> = ["admin", "internal/publisher", "internal/creator", "manager", "other"]

    func unknownRoles(among names: [String], in tenant: Tenant) -> [String] {
        names.filter { !Self.roles.contains($0.lowercased()) }
    }

    func userExists(_ name: String, in tenant: Tenant) -> Bool { ["kim", "admin", "lee"].contains(name) }

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
        ofAPI id: String?, tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [PublisherSubscription], total: Int) {
        let rows = try connection.query("SELECT application FROM test_subscription WHERE api_id = ?", [SQLValue(id)])
        let list = try rows.map { row in
            PublisherSubscription(
                id: "s", applicationID: try row.text("application"), applicationName: "", subscriber: "",
                applicationDescription: "", applicationSubscriptionCount: 1, policy: "Gold", status: "UNBLOCKED")
        }
        return (list, list.count)
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
