import Documents
import Model
import Storage

/// What a revision has copied.
struct RevisionContent {
    var document: JSONObject
    var definition: String
    var sealedSecrets: String?
    /// The policies that the API applied.
    var policies: AppliedPolicies
}

/// The rows of revisions and of their deployments.
enum RevisionStore {
    static func list(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> [Revision] {
        try connection.query(
            """
            SELECT id, api_id, number, description, created_at FROM api_revision
            WHERE api_id = ? AND tenant_id = ? ORDER BY number
            """, [SQLValue(id), SQLValue(tenant)]
        ).map(revision)
    }

    /// The revision `id` of the API, or a 404.
    static func require(_ id: String, ofAPI api: String, tenant: Int, in connection: any SQLConnection) throws -> Revision {
        let row = try connection.first(
            """
            SELECT id, api_id, number, description, created_at FROM api_revision
            WHERE id = ? AND api_id = ? AND tenant_id = ?
            """, [SQLValue(id), SQLValue(api), SQLValue(tenant)])
        guard let row else { throw CatalogueError.revisionNotFound(id) }
        return try revision(row)
    }

    static func content(of id: String, tenant: Int, in connection: any SQLConnection) throws -> RevisionContent? {
        let row = try connection.first(
            "SELECT api_id, document, definition, secrets, policies FROM api_revision WHERE id = ? AND tenant_id = ?",
            [SQLValue(id), SQLValue(tenant)])
        guard let row else { return nil }
        return RevisionContent(
            document: try JSONValue.parse(try row.text("document")).object ?? JSONObject(),
            definition: try row.text("definition"), sealedSecrets: row.optionalText("secrets"),
            policies: try AppliedPolicies(text: row.optionalText("policies"), apiID: try row.text("api_id")))
    }

    static func insert(_ revision: Revision, _ content: RevisionContent, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO api_revision (id, tenant_id, api_id, number, description, created_at, created_by, document, definition, secrets,
                policies)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(revision.id), SQLValue(change.context.tenant.id), SQLValue(revision.apiID), SQLValue(revision.number),
                SQLValue(revision.description), SQLValue(revision.createdMilliseconds), SQLValue(change.context.actor),
                SQLValue(JSONValue.object(content.document).text), SQLValue(content.definition),
                SQLValue(content.sealedSecrets), SQLValue(content.policies.text),
            ])
    }

    static func delete(_ revision: Revision, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM api_revision WHERE id = ? AND tenant_id = ?",
            [SQLValue(revision.id), SQLValue(change.context.tenant.id)])
    }

    private static func revision(_ row: SQLRow) throws -> Revision {
        Revision(
            id: try row.text("id"), apiID: try row.text("api_id"), number: try row.int("number"),
            description: try row.text("description"), createdMilliseconds: try row.int64("created_at"))
    }
}

extension RevisionStore {
    /// All deployments of an API by the name of the environment.
    static func deployments(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> [RevisionDeployment] {
        try connection.query(
            """
            SELECT revision_id, environment, vhost, display_on_devportal, deployed_at FROM api_deployment
            WHERE api_id = ? AND tenant_id = ? ORDER BY environment
            """, [SQLValue(id), SQLValue(tenant)]
        ).map { row in
            RevisionDeployment(
                revisionID: try row.text("revision_id"), environment: try row.text("environment"), vhost: try row.text("vhost"),
                displaysOnDevPortal: try row.bool("display_on_devportal"), deployedMilliseconds: try row.int64("deployed_at"))
        }
    }

    /// Puts a revision on an environment, in place of the one that was there.
    static func deploy(_ deployment: RevisionDeployment, ofAPI id: String, in change: ChangeTransaction) throws {
        try change.execute(
            """
            INSERT INTO api_deployment (api_id, environment, tenant_id, revision_id, vhost, display_on_devportal, deployed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (api_id, environment) DO UPDATE SET revision_id = excluded.revision_id, vhost = excluded.vhost,
                display_on_devportal = excluded.display_on_devportal, deployed_at = excluded.deployed_at
            """,
            [
                SQLValue(id), SQLValue(deployment.environment), SQLValue(change.context.tenant.id),
                SQLValue(deployment.revisionID), SQLValue(deployment.vhost), SQLValue(deployment.displaysOnDevPortal),
                SQLValue(deployment.deployedMilliseconds),
            ])
    }

    static func undeploy(_ environment: String, ofAPI id: String, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM api_deployment WHERE api_id = ? AND environment = ? AND tenant_id = ?",
            [SQLValue(id), SQLValue(environment), SQLValue(change.context.tenant.id)])
    }
}
