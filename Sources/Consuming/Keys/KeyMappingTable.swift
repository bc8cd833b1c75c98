import Model
import Storage

/// The SQL of key mappings. Every statement is bound to one tenant.
enum KeyMappingTable {
    static func all(application: Application, in connection: any SQLConnection) throws -> [ApplicationKeyMapping] {
        try connection.query(
            "SELECT * FROM application_key WHERE tenant_id = ? AND application_id = ? ORDER BY created_at, id",
            [.tenant(application.tenant), .text(application.id)]
        ).map { try mapping($0, tenant: application.tenant) }
    }

    static func find(
        id: String, application: Application, in connection: any SQLConnection
    ) throws -> ApplicationKeyMapping? {
        try connection.first(
            "SELECT * FROM application_key WHERE tenant_id = ? AND application_id = ? AND id = ?",
            [.tenant(application.tenant), .text(application.id), .text(id)]
        ).map { try mapping($0, tenant: application.tenant) }
    }

    static func find(
        keyType: KeyType, keyManager: String, application: Application, in connection: any SQLConnection
    ) throws -> ApplicationKeyMapping? {
        try connection.first(
            """
            SELECT * FROM application_key
            WHERE tenant_id = ? AND application_id = ? AND key_manager = ? AND key_type = ?
            """,
            [.tenant(application.tenant), .text(application.id), .text(keyManager), .text(keyType.rawValue)]
        ).map { try mapping($0, tenant: application.tenant) }
    }

    /// Whether a client already belongs to an application.
    static func isTaken(
        consumerKey: String, keyManager: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> Bool {
        try connection.first(
            "SELECT id FROM application_key WHERE tenant_id = ? AND key_manager = ? AND consumer_key = ?",
            [.tenant(tenant), .text(keyManager), .text(consumerKey)]) != nil
    }

    /// Stores the mapping and tells the gateways.
    static func insert(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO application_key (id, tenant_id, application_id, key_manager, key_type, consumer_key, mode, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(mapping.id), .tenant(mapping.tenant), .text(mapping.applicationID), .text(mapping.keyManager),
                .text(mapping.keyType.rawValue), .text(mapping.consumerKey), .text(mapping.mode.rawValue),
                SQLValue(mapping.createdMilliseconds),
            ])
        transaction.publish(.put(.keyMapping(GatewayKeyMapping(mapping))))
    }

    /// Deletes the mapping and tells the gateways; the client stays.
    static func remove(_ mapping: ApplicationKeyMapping, in transaction: ChangeTransaction) throws {
        try transaction.execute(
            "DELETE FROM application_key WHERE tenant_id = ? AND id = ?", [.tenant(mapping.tenant), .text(mapping.id)])
        try transaction.execute(
            "DELETE FROM external_client WHERE tenant_id = ? AND mapping_id = ?", [.tenant(mapping.tenant), .text(mapping.id)])
        let entity = GatewayEntity.keyMapping(GatewayKeyMapping(mapping))
        transaction.publish(.remove(kind: .keyMapping, key: entity.key))
    }

    private static func mapping(_ row: SQLRow, tenant: Tenant) throws -> ApplicationKeyMapping {
        ApplicationKeyMapping(
            id: try row.text("id"), applicationID: try row.text("application_id"), tenant: tenant,
            keyManager: try row.text("key_manager"), keyType: KeyType(rawValue: try row.text("key_type")) ?? .sandbox,
            consumerKey: try row.text("consumer_key"),
            mode: ApplicationKeyMapping.Mode(rawValue: try row.text("mode")) ?? .mapped,
            createdMilliseconds: try row.int64("created_at"))
    }
}
