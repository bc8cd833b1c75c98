import Model
import Storage

/// The rows of client certificates.
enum ClientCertificateStore {
    private static let columns = "api_id, key_type, alias, policy, certificate, row_version"

    static func list(
        ofAPI id: String, _ keyType: KeyType?, alias: String?, tenant: Int, in connection: any SQLConnection
    ) throws -> [ClientCertificate] {
        var condition = "tenant_id = ? AND api_id = ?"
        var arguments = [SQLValue(tenant), SQLValue(id)]
        if let keyType {
            condition += " AND key_type = ?"
            arguments.append(SQLValue(keyType.rawValue))
        }
        if let alias {
            condition += " AND alias = ?"
            arguments.append(SQLValue(alias))
        }
        return try connection.query(
            "SELECT \(columns) FROM client_certificate WHERE \(condition) ORDER BY alias, key_type", arguments
        ).map(certificate)
    }

    static func find(
        _ keyType: KeyType, _ alias: String, tenant: Int, in connection: any SQLConnection
    ) throws -> ClientCertificate? {
        try connection.first(
            "SELECT \(columns) FROM client_certificate WHERE tenant_id = ? AND key_type = ? AND alias = ?",
            [SQLValue(tenant), SQLValue(keyType.rawValue), SQLValue(alias)]
        ).map(certificate)
    }

    /// Adds a certificate, or replaces the one of the same key type and alias.
    static func put(_ certificate: ClientCertificate, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO client_certificate (tenant_id, key_type, alias, api_id, policy, certificate, row_version)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, key_type, alias) DO UPDATE SET policy = excluded.policy,
                certificate = excluded.certificate, row_version = client_certificate.row_version + 1
            """,
            [
                SQLValue(tenant), SQLValue(certificate.keyType.rawValue), SQLValue(certificate.alias),
                SQLValue(certificate.apiID), SQLValue(certificate.policy), SQLValue(certificate.certificate),
                SQLValue(certificate.rowVersion),
            ])
        change.publish(.put(.clientCertificate(try certificate.compiled(tenant: tenant))))
    }

    static func delete(_ certificate: ClientCertificate, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM client_certificate WHERE tenant_id = ? AND key_type = ? AND alias = ?",
            [SQLValue(tenant), SQLValue(certificate.keyType.rawValue), SQLValue(certificate.alias)])
        change.publish(.remove(kind: .clientCertificate, key: certificate.entityKey(tenant: tenant)))
    }

    /// Removes all certificates of an API that ends.
    static func deleteAll(ofAPI id: String, tenant: Int, in change: ChangeTransaction) throws {
        for certificate in try list(ofAPI: id, nil, alias: nil, tenant: tenant, in: change) {
            try delete(certificate, tenant: tenant, in: change)
        }
    }

    private static func certificate(_ row: SQLRow) throws -> ClientCertificate {
        ClientCertificate(
            apiID: try row.text("api_id"), keyType: KeyType(rawValue: try row.text("key_type")) ?? .production,
            alias: try row.text("alias"), policy: try row.text("policy"), rowVersion: try row.int64("row_version"),
            certificate: try row.text("certificate"))
    }
}
