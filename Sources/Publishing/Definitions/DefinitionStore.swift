import Storage

/// The texts of OpenAPI definitions, as JSON.
enum DefinitionStore {
    static func find(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> String? {
        try connection.first(
            "SELECT definition FROM api_definition WHERE api_id = ? AND tenant_id = ?", [SQLValue(id), SQLValue(tenant)]
        )?.text("definition")
    }

    static func put(_ definition: String, ofAPI id: String, tenant: Int, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO api_definition (api_id, tenant_id, definition) VALUES (?, ?, ?)
            ON CONFLICT (api_id) DO UPDATE SET definition = excluded.definition
            """, [SQLValue(id), SQLValue(tenant), SQLValue(definition)])
    }
}
