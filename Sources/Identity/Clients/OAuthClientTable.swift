import Documents
import Model
import Storage

/// SQL of the table `oauth_client`.
enum OAuthClientTable {
    private static let columns = """
        consumer_key, tenant_id, (SELECT domain FROM tenant WHERE tenant.id = oauth_client.tenant_id) AS tenant_domain,
        name, owner_id, owner_name, secret, grant_types, callback, token_type, all_tenants, attributes
        """

    /// A client with its secret still sealed.
    struct Row {
        var client: OAuthClient
        var sealedSecret: String
    }

    /// Client ids are unique over all tenants, because the token endpoint learns the tenant from the client.
    static func find(consumerKey: String, in connection: any SQLConnection) throws -> Row? {
        try connection.first("SELECT \(columns) FROM oauth_client WHERE consumer_key = ?", [SQLValue(consumerKey)]).map(row)
    }

    static func find(name: String, tenant: Int, in connection: any SQLConnection) throws -> Row? {
        try connection.first(
            "SELECT \(columns) FROM oauth_client WHERE tenant_id = ? AND lower(name) = lower(?)",
            [SQLValue(tenant), SQLValue(name)]
        ).map(row)
    }

    static func insert(
        _ client: OAuthClient, uuid: String, sealedSecret: String, at milliseconds: Int64, in transaction: any SQLTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO oauth_client (consumer_key, uuid, tenant_id, name, owner_id, owner_name, secret, grant_types, callback,
                token_type, all_tenants, attributes, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                SQLValue(client.consumerKey), SQLValue(uuid), SQLValue(client.tenant.id), SQLValue(client.name),
                SQLValue(client.ownerID), SQLValue(client.ownerName), SQLValue(sealedSecret),
                SQLValue(client.grantTypes.joined(separator: " ")), SQLValue(client.callback),
                SQLValue(client.tokenType.rawValue), SQLValue(client.servesAllTenants),
                SQLValue(client.attributes.json.text), SQLValue(milliseconds),
            ])
    }

    /// Stores everything but the client id, the tenant and the secret.
    static func update(_ client: OAuthClient, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            UPDATE oauth_client SET name = ?, owner_id = ?, owner_name = ?, grant_types = ?, callback = ?, token_type = ?,
                all_tenants = ?, attributes = ? WHERE consumer_key = ? AND tenant_id = ?
            """,
            [
                SQLValue(client.name), SQLValue(client.ownerID), SQLValue(client.ownerName),
                SQLValue(client.grantTypes.joined(separator: " ")), SQLValue(client.callback),
                SQLValue(client.tokenType.rawValue), SQLValue(client.servesAllTenants),
                SQLValue(client.attributes.json.text), SQLValue(client.consumerKey), SQLValue(client.tenant.id),
            ])
    }

    static func setSecret(_ sealedSecret: String, of client: OAuthClient, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE oauth_client SET secret = ? WHERE consumer_key = ? AND tenant_id = ?",
            [SQLValue(sealedSecret), SQLValue(client.consumerKey), SQLValue(client.tenant.id)])
    }

    static func delete(_ client: OAuthClient, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "DELETE FROM oauth_client WHERE consumer_key = ? AND tenant_id = ?",
            [SQLValue(client.consumerKey), SQLValue(client.tenant.id)])
    }

    private static func row(_ row: SQLRow) throws -> Row {
        let client = OAuthClient(
            consumerKey: try row.text("consumer_key"),
            tenant: Tenant(id: try row.int("tenant_id"), domain: try row.text("tenant_domain")),
            name: try row.text("name"), ownerID: try row.text("owner_id"), ownerName: try row.text("owner_name"),
            grantTypes: try row.text("grant_types").split(separator: " ").map(String.init),
            callback: try row.text("callback"),
            tokenType: AccessTokenType(rawValue: try row.text("token_type")) ?? .jwt,
            servesAllTenants: try row.bool("all_tenants"),
            attributes: OAuthClientAttributes(json: try JSONValue.parse(try row.text("attributes"))))
        return Row(client: client, sealedSecret: try row.text("secret"))
    }
}
