import Documents
import Model
import Storage

/// The rows of gateway-wide policies and of the environments that apply them.
enum GatewayPolicyStore {
    /// All mappings of a tenant, by name.
    static func list(tenant: Int, in connection: any SQLConnection) throws -> [GatewayPolicyMapping] {
        let environments = try deployments(tenant: tenant, in: connection)
        return try connection.query(
            """
            SELECT id, display_name, description, flows, secrets FROM gateway_policy WHERE tenant_id = ?
            ORDER BY display_name, id
            """, [SQLValue(tenant)]
        ).map { row in
            let id = try row.text("id")
            return GatewayPolicyMapping(
                id: id, displayName: try row.text("display_name"), description: try row.text("description"),
                flows: try JSONValue.parse(try row.text("flows")), sealedSecrets: row.optionalText("secrets"),
                environments: environments.filter { $0.mapping == id }.map(\.environment))
        }
    }

    static func require(_ id: String, tenant: Int, in connection: any SQLConnection) throws -> GatewayPolicyMapping {
        guard let found = try list(tenant: tenant, in: connection).first(where: { $0.id == id }) else {
            throw CatalogueError.notFound("Gateway policy", id: id)
        }
        return found
    }

    static func put(_ mapping: GatewayPolicyMapping, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO gateway_policy (id, tenant_id, display_name, description, flows, secrets) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, description = excluded.description,
                flows = excluded.flows, secrets = excluded.secrets
            """,
            [
                SQLValue(mapping.id), SQLValue(tenant), SQLValue(mapping.displayName), SQLValue(mapping.description),
                SQLValue(mapping.flows.text), SQLValue(mapping.sealedSecrets),
            ])
    }

    static func delete(_ id: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute("DELETE FROM gateway_policy WHERE tenant_id = ? AND id = ?", [SQLValue(tenant), SQLValue(id)])
    }

    /// Which environment applies which mapping.
    static func deployments(
        tenant: Int, in connection: any SQLConnection
    ) throws -> [(environment: String, mapping: String)] {
        try connection.query(
            "SELECT environment, mapping_id FROM gateway_policy_deployment WHERE tenant_id = ? ORDER BY environment",
            [SQLValue(tenant)]
        ).map { (try $0.text("environment"), try $0.text("mapping_id")) }
    }

    /// Has an environment apply a mapping, in place of the one before.
    static func deploy(_ mapping: String, to environment: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO gateway_policy_deployment (tenant_id, environment, mapping_id) VALUES (?, ?, ?)
            ON CONFLICT (tenant_id, environment) DO UPDATE SET mapping_id = excluded.mapping_id
            """, [SQLValue(tenant), SQLValue(environment), SQLValue(mapping)])
    }

    static func undeploy(from environment: String, tenant: Int, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM gateway_policy_deployment WHERE tenant_id = ? AND environment = ?",
            [SQLValue(tenant), SQLValue(environment)])
    }

    /// The name of a mapping that uses a policy, if there is one.
    static func user(of policy: String, tenant: Int, in connection: any SQLConnection) throws -> String? {
        try list(tenant: tenant, in: connection).first { mapping in
            PolicyPlaces.flows.contains { flow in
                mapping.flows[flow]?.array?.contains { $0["policyId"]?.string == policy } ?? false
            }
        }?.displayName
    }
}
