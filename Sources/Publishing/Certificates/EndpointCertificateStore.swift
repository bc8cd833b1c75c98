import Documents
import Model
import Storage

/// The rows of endpoint certificates.
enum EndpointCertificateStore {
    private static let columns = "alias, endpoint, certificates, row_version"

    /// A page of the tenant's certificates, ordered by alias, and their number. `endpoint` is a part of the URL.
    static func list(
        alias: String?, endpoint: String?, tenant: Int, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (certificates: [EndpointCertificate], total: Int) {
        var condition = "tenant_id = ?"
        var arguments = [SQLValue(tenant)]
        if let alias {
            condition += " AND alias = ?"
            arguments.append(SQLValue(alias))
        }
        if let endpoint {
            condition += " AND lower(endpoint) LIKE ? ESCAPE '!'"
            arguments.append(SQLPattern.containing(endpoint))
        }
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM endpoint_certificate WHERE \(condition)", arguments)?.int("total")
        let rows = try connection.query(
            "SELECT \(columns) FROM endpoint_certificate WHERE \(condition) ORDER BY alias LIMIT ? OFFSET ?",
            arguments + [SQLValue(limit), SQLValue(offset)])
        return (try rows.map(certificate), total ?? 0)
    }

    static func find(_ alias: String, tenant: Int, in connection: any SQLConnection) throws -> EndpointCertificate? {
        try connection.first(
            "SELECT \(columns) FROM endpoint_certificate WHERE tenant_id = ? AND alias = ?",
            [SQLValue(tenant), SQLValue(alias)]
        ).map(certificate)
    }

    /// Adds a certificate, or replaces the one of the same alias.
    static func put(_ certificate: EndpointCertificate, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO endpoint_certificate (tenant_id, alias, endpoint, certificates, row_version) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, alias) DO UPDATE SET certificates = excluded.certificates,
                row_version = endpoint_certificate.row_version + 1
            """,
            [
                SQLValue(tenant), SQLValue(certificate.alias), SQLValue(certificate.endpoint),
                SQLValue(JSONValue(certificate.certificates).text), SQLValue(certificate.rowVersion),
            ])
        change.publish(.put(.endpointCertificate(certificate.compiled(tenant: tenant))))
    }

    static func delete(_ certificate: EndpointCertificate, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM endpoint_certificate WHERE tenant_id = ? AND alias = ?",
            [SQLValue(tenant), SQLValue(certificate.alias)])
        change.publish(.remove(kind: .endpointCertificate, key: certificate.entityKey(tenant: tenant)))
    }

    private static func certificate(_ row: SQLRow) throws -> EndpointCertificate {
        EndpointCertificate(
            alias: try row.text("alias"), endpoint: try row.text("endpoint"), rowVersion: try row.int64("row_version"),
            certificates: try JSONValue.parse(try row.text("certificates")).strings ?? [])
    }
}
