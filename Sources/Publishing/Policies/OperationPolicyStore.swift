import Documents
import Model
import Storage

/// The rows of operation policies. Those that are part of the product have none.
enum OperationPolicyStore {
    private static let columns = "id, api_id, is_clone, specification, definitions, md5"

    /// The policies of an API, own ones and clones, or, without API, those that all APIs of the tenant can use.
    static func list(ofAPI api: String?, tenant: Int, in connection: any SQLConnection) throws -> [OperationPolicy] {
        try connection.query(
            "SELECT \(columns) FROM operation_policy WHERE tenant_id = ? AND api_id = ? ORDER BY name, version, is_clone",
            [SQLValue(tenant), SQLValue(api ?? "")]
        ).map(policy)
    }

    static func find(_ id: String, tenant: Int, in connection: any SQLConnection) throws -> OperationPolicy? {
        try connection.first(
            "SELECT \(columns) FROM operation_policy WHERE tenant_id = ? AND id = ?", [SQLValue(tenant), SQLValue(id)]
        ).map(policy)
    }

    static func insert(_ policy: OperationPolicy, tenant: Int, milliseconds: Int64, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO operation_policy (id, tenant_id, api_id, is_clone, name, version, specification, definitions, md5, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(policy.id), SQLValue(tenant), SQLValue(policy.apiID ?? ""), SQLValue(policy.isClone),
                SQLValue(policy.name), SQLValue(policy.version), SQLValue(policy.specification.json.text),
                SQLValue(policy.definitions.json.text), SQLValue(policy.md5), SQLValue(milliseconds),
            ])
    }

    static func delete(_ id: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM operation_policy WHERE tenant_id = ? AND id = ?", [SQLValue(tenant), SQLValue(id)])
    }

    static func deleteAll(ofAPI api: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM operation_policy WHERE tenant_id = ? AND api_id = ?", [SQLValue(tenant), SQLValue(api)])
    }

    private static func policy(_ row: SQLRow) throws -> OperationPolicy {
        let api = try row.text("api_id")
        return OperationPolicy(
            id: try row.text("id"), apiID: api.isEmpty ? nil : api, isClone: try row.bool("is_clone"),
            specification: try PolicySpecification(json: try JSONValue.parse(try row.text("specification"))),
            definitions: PolicyDefinitions(json: try JSONValue.parse(try row.text("definitions"))),
            md5: try row.text("md5"))
    }
}
