import Documents
import Model
import Storage

/// SQL of the table `api_key`. Every statement is bound to one tenant.
enum StoredAPIKeyTable {
    private static let names = """
        SELECT k.*, a.name AS api_name, p.name AS application_name FROM api_key k
        LEFT JOIN api a ON a.id = k.api_id AND a.tenant_id = k.tenant_id
        LEFT JOIN application p ON p.id = k.application_id AND p.tenant_id = k.tenant_id
        """

    static func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> StoredAPIKey? {
        try connection.first("SELECT * FROM api_key WHERE tenant_id = ? AND id = ?", [.tenant(tenant), .text(id)])
            .map { try key($0, tenant) }
    }

    static func all(_ tenant: Tenant, in connection: any SQLConnection) throws -> [NamedAPIKey] {
        try connection.query("\(names) WHERE k.tenant_id = ? ORDER BY k.issued_at, k.id", [.tenant(tenant)])
            .map { try named($0, tenant) }
    }

    /// The keys that a user made for an API.
    static func ofAPI(
        _ id: String, owner: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [NamedAPIKey] {
        try connection.query(
            "\(names) WHERE k.tenant_id = ? AND k.api_id = ? AND lower(k.owner) = lower(?) ORDER BY k.issued_at, k.id",
            [.tenant(tenant), .text(id), .text(owner)]
        ).map { try named($0, tenant) }
    }

    /// The keys that stand for an application; those for single APIs, or those for all.
    static func ofApplication(
        _ application: Application, _ keyType: KeyType, bound: Bool, in connection: any SQLConnection
    ) throws -> [NamedAPIKey] {
        try connection.query(
            """
            \(names) WHERE k.tenant_id = ? AND k.application_id = ? AND k.key_type = ? AND k.api_id IS \(bound ? "NOT " : "")NULL
            ORDER BY k.issued_at, k.id
            """,
            [.tenant(application.tenant), .text(application.id), .text(keyType.rawValue)]
        ).map { try named($0, application.tenant) }
    }

    /// A user's keys for single APIs to which an application is subscribed.
    static func ofSubscribedAPIs(
        _ application: Application, _ keyType: KeyType, owner: String, in connection: any SQLConnection
    ) throws -> [NamedAPIKey] {
        try connection.query(
            """
            \(names) JOIN subscription s ON s.api_id = k.api_id AND s.tenant_id = k.tenant_id AND s.application_id = ?
            WHERE k.tenant_id = ? AND k.key_type = ? AND k.application_id IS NULL AND lower(k.owner) = lower(?)
            ORDER BY k.issued_at, k.id
            """,
            [.text(application.id), .tenant(application.tenant), .text(keyType.rawValue), .text(owner)]
        ).map { try named($0, application.tenant) }
    }

    static func isTaken(_ key: StoredAPIKey, in connection: any SQLConnection) throws -> Bool {
        let (column, id) = key.apiID.map { ("api_id", $0) } ?? ("application_id", key.applicationID ?? "")
        let unbound = key.apiID == nil ? " AND api_id IS NULL" : ""
        return try connection.first(
            "SELECT id FROM api_key WHERE tenant_id = ? AND \(column) = ? AND lower(owner) = lower(?) AND lower(name) = lower(?)\(unbound)",
            [.tenant(key.tenant), .text(id), .text(key.owner), .text(key.name)]) != nil
    }

    static func insert(_ key: StoredAPIKey, hash: String, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO api_key (id, tenant_id, name, key_hash, key_type, owner, api_id, application_id, permitted_ip,
                permitted_referer, validity, issued_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
            """,
            [
                .text(key.id), .tenant(key.tenant), .text(key.name), .text(hash), .text(key.keyType.rawValue),
                .text(key.owner), SQLValue(key.apiID), SQLValue(key.applicationID), SQLValue(key.restrictions.addresses),
                SQLValue(key.restrictions.referrers), SQLValue(key.validitySeconds), SQLValue(key.issuedMilliseconds),
            ])
        publish(key, hash: hash, in: transaction)
    }

    /// Gives the key another application, or none.
    static func setApplication(_ id: String?, of key: StoredAPIKey, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            "UPDATE api_key SET application_id = ? WHERE tenant_id = ? AND id = ?",
            [SQLValue(id), .tenant(key.tenant), .text(key.id)])
        var changed = key
        changed.applicationID = id
        guard let hash = try hash(of: key, in: transaction) else { return }
        publish(changed, hash: hash, in: transaction)
    }

    /// Puts a new secret in the place of the old one.
    static func renew(_ key: StoredAPIKey, hash: String, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            "UPDATE api_key SET key_hash = ?, issued_at = ?, last_used_at = NULL WHERE tenant_id = ? AND id = ?",
            [.text(hash), SQLValue(key.issuedMilliseconds), .tenant(key.tenant), .text(key.id)])
        publish(key, hash: hash, in: transaction)
    }

    static func delete(_ key: StoredAPIKey, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            "DELETE FROM api_key WHERE tenant_id = ? AND id = ?", [.tenant(key.tenant), .text(key.id)])
        transaction.publish(.remove(kind: .apiKey, key: key.id))
    }

    /// Deletes all keys that are for one API.
    static func removeAll(ofAPI id: String, in transaction: ChangeTransaction) throws {
        let tenant = transaction.context.tenant
        for row in try transaction.query(
            "SELECT * FROM api_key WHERE tenant_id = ? AND api_id = ?", [.tenant(tenant), .text(id)])
        {
            try delete(try key(row, tenant), in: transaction)
        }
    }

    /// Deletes the keys of an application; those for single APIs go on to belong to their owners.
    static func removeAll(of application: Application, in transaction: ChangeTransaction) throws {
        for row in try transaction.query(
            "SELECT * FROM api_key WHERE tenant_id = ? AND application_id = ?",
            [.tenant(application.tenant), .text(application.id)])
        {
            let key = try key(row, application.tenant)
            if key.apiID == nil { try delete(key, in: transaction) } else { try setApplication(nil, of: key, in: transaction) }
        }
    }

    static func noteUse(
        _ ids: [String], ofTenants tenants: Set<Int>?, at milliseconds: Int64, in transaction: any SQLTransaction
    ) throws {
        let numbers = (tenants ?? []).sorted()
        if tenants != nil, numbers.isEmpty { return }
        let marks = numbers.map { _ in "?" }.joined(separator: ", ")
        let reach = tenants == nil ? "" : " AND tenant_id IN (\(marks))"
        for id in ids {
            try transaction.execute(
                "UPDATE api_key SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)"
                    + reach,
                [SQLValue(milliseconds), .text(id), SQLValue(milliseconds)] + numbers.map { SQLValue(Int64($0)) })
        }
    }

    private static func hash(of key: StoredAPIKey, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT key_hash FROM api_key WHERE tenant_id = ? AND id = ?", [.tenant(key.tenant), .text(key.id)]
        )?.text("key_hash")
    }

    private static func publish(_ key: StoredAPIKey, hash: String, in transaction: ChangeTransaction) {
        let entity = GatewayAPIKey(
            tenant: key.tenant.id, id: key.id, hash: hash, apiID: key.apiID, applicationID: key.applicationID,
            keyType: key.keyType, user: "\(key.owner)@\(key.tenant.domain)", expiresMilliseconds: key.expiresMilliseconds,
            permittedIP: key.restrictions.addresses, permittedReferer: key.restrictions.referrers)
        transaction.publish(.put(.apiKey(entity)))
    }

    // MARK: Rows

    private static func named(_ row: SQLRow, _ tenant: Tenant) throws -> NamedAPIKey {
        NamedAPIKey(
            key: try key(row, tenant), apiName: row.optionalText("api_name"),
            applicationName: row.optionalText("application_name"))
    }

    private static func key(_ row: SQLRow, _ tenant: Tenant) throws -> StoredAPIKey {
        StoredAPIKey(
            id: try row.text("id"), tenant: tenant, name: try row.text("name"),
            keyType: KeyType(rawValue: try row.text("key_type")) ?? .sandbox, owner: try row.text("owner"),
            apiID: row.optionalText("api_id"), applicationID: row.optionalText("application_id"),
            restrictions: APIKeyRestrictions(
                addresses: row.optionalText("permitted_ip"), referrers: row.optionalText("permitted_referer")),
            validitySeconds: row.optionalInt("validity"), issuedMilliseconds: try row.int64("issued_at"),
            lastUsedMilliseconds: row.optionalInt("last_used_at").map(Int64.init))
    }
}
