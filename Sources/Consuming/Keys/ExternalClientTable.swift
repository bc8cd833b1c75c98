import Documents
import Identity
import Model
import Storage

/// SQL of the table `external_client`: what is known of the clients that applications have at key managers of others. Their secrets are
/// sealed.
struct ExternalClientTable: Sendable {
    let vault: Vault

    func find(_ mapping: ApplicationKeyMapping, in connection: any SQLConnection) throws -> ExternalClient? {
        let row = try connection.first(
            "SELECT document, secrets FROM external_client WHERE mapping_id = ? AND tenant_id = ?",
            [.text(mapping.id), .tenant(mapping.tenant)])
        guard let row else { return nil }
        let document = try JSONValue.parse(try row.text("document"))
        let secrets = try JSONValue.parse(try vault.open(try row.text("secrets"), context: Self.context(mapping)))
        return ExternalClient(
            id: mapping.consumerKey, secret: secrets["secret"]?.string ?? "",
            grantTypes: document["grantTypes"]?.strings ?? [], redirectURIs: document["redirectURIs"]?.strings ?? [],
            properties: document["properties"]?.object ?? JSONObject(),
            registrationURI: document["registrationURI"]?.string ?? "",
            registrationToken: secrets["registrationToken"]?.string ?? "")
    }

    /// Stores the client, in place of what was known of it.
    func put(_ client: ExternalClient, for mapping: ApplicationKeyMapping, in transaction: any SQLTransaction) throws {
        let document: JSONValue = [
            "grantTypes": JSONValue(client.grantTypes), "redirectURIs": JSONValue(client.redirectURIs),
            "properties": .object(client.properties), "registrationURI": .string(client.registrationURI),
        ]
        let secrets: JSONValue = [
            "secret": .string(client.secret), "registrationToken": .string(client.registrationToken),
        ]
        try transaction.execute(
            """
            INSERT INTO external_client (mapping_id, tenant_id, document, secrets) VALUES (?, ?, ?, ?)
            ON CONFLICT (mapping_id) DO UPDATE SET document = excluded.document, secrets = excluded.secrets
            """,
            [
                .text(mapping.id), .tenant(mapping.tenant), .text(document.text),
                .text(try vault.seal(secrets.text, context: Self.context(mapping))),
            ])
    }

    private static func context(_ mapping: ApplicationKeyMapping) -> String { "external-client:\(mapping.id)" }
}
