import Model
import Storage

/// An access token as stored.
struct TokenRecord: Sendable, Hashable {
    /// `jti` of a JWT, keyed hash of an opaque token.
    var tokenID: String
    /// Tenant of the client.
    var tenantID: Int
    var consumerKey: String
    var userID: String
    var userTenantID: Int
    /// `name@domain`.
    var authorizedUser: String
    /// Whether a user granted the token, rather than the client for itself.
    var isOfUser: Bool
    var grantType: String
    var scopes: [String]
    /// Milliseconds since 1970.
    var issuedMilliseconds: Int64
    /// Milliseconds since 1970.
    var expiresMilliseconds: Int64
    /// An opaque token, sealed; `nil` for a JWT.
    var sealedToken: String?
    var isActive: Bool
    var refreshHash: String?
    /// Milliseconds since 1970.
    var refreshExpiresMilliseconds: Int64?
    var isRefreshActive: Bool

    /// What the ids of users begin with who are known to another key manager only.
    static let foreignUserPrefix = "foreign:"
    /// The `sub` of the token: the user's id, or the name that another key manager knows the user by.
    var subject: String {
        guard isOfForeignUser else { return userID }
        return String(userID.split(separator: ":", maxSplits: 2).last ?? "")
    }
    /// Whether the user is known to another key manager only.
    var isOfForeignUser: Bool { userID.hasPrefix(Self.foreignUserPrefix) }
}

/// SQL of the table `oauth_token`.
enum TokenTable {
    private static let columns = """
        token_id, tenant_id, consumer_key, user_id, user_tenant_id, authorized_user, of_user, grant_type, scopes, issued_at,
        expires_at, sealed_token, active, refresh_hash, refresh_expires_at, refresh_active
        """

    static func find(tokenID: String, in connection: any SQLConnection) throws -> TokenRecord? {
        try connection.first("SELECT \(columns) FROM oauth_token WHERE token_id = ?", [SQLValue(tokenID)]).map(record)
    }

    static func find(refreshHash: String, in connection: any SQLConnection) throws -> TokenRecord? {
        try connection.first("SELECT \(columns) FROM oauth_token WHERE refresh_hash = ?", [SQLValue(refreshHash)]).map(record)
    }

    /// Active tokens of the same client, user and scopes.
    static func active(like token: TokenRecord, in connection: any SQLConnection) throws -> [TokenRecord] {
        try connection.query(
            """
            SELECT \(columns) FROM oauth_token WHERE consumer_key = ? AND user_id = ? AND active = 1 AND scopes = ?
                AND of_user = ? ORDER BY issued_at, token_id
            """,
            [
                SQLValue(token.consumerKey), SQLValue(token.userID), SQLValue(scopeText(token.scopes)),
                SQLValue(token.isOfUser),
            ]
        ).map(record)
    }

    static func active(consumerKey: String, in connection: any SQLConnection) throws -> [TokenRecord] {
        try connection.query(
            "SELECT \(columns) FROM oauth_token WHERE consumer_key = ? AND active = 1", [SQLValue(consumerKey)]
        ).map(record)
    }

    static func active(userID: String, in connection: any SQLConnection) throws -> [TokenRecord] {
        try connection.query(
            "SELECT \(columns) FROM oauth_token WHERE user_id = ? AND active = 1", [SQLValue(userID)]
        ).map(record)
    }

    static func insert(_ token: TokenRecord, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "INSERT INTO oauth_token (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                SQLValue(token.tokenID), SQLValue(token.tenantID), SQLValue(token.consumerKey), SQLValue(token.userID),
                SQLValue(token.userTenantID), SQLValue(token.authorizedUser), SQLValue(token.isOfUser),
                SQLValue(token.grantType), SQLValue(scopeText(token.scopes)), SQLValue(token.issuedMilliseconds),
                SQLValue(token.expiresMilliseconds), SQLValue(token.sealedToken), SQLValue(token.isActive),
                SQLValue(token.refreshHash), SQLValue(token.refreshExpiresMilliseconds), SQLValue(token.isRefreshActive),
            ])
    }

    /// Ends an access token and its refresh token.
    static func deactivate(_ tokenID: String, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE oauth_token SET active = 0, refresh_active = 0 WHERE token_id = ?", [SQLValue(tokenID)])
    }

    /// Gives a token that is handed out again a new refresh token.
    static func setRefresh(
        _ hash: String?, expires: Int64?, of tokenID: String, in transaction: any SQLTransaction
    ) throws {
        try transaction.execute(
            "UPDATE oauth_token SET refresh_hash = ?, refresh_expires_at = ?, refresh_active = ? WHERE token_id = ?",
            [SQLValue(hash), SQLValue(expires), SQLValue(hash != nil), SQLValue(tokenID)])
    }

    /// Tokens whose access and refresh parts have both run out.
    static func expired(before milliseconds: Int64, limit: Int, in connection: any SQLConnection) throws -> [TokenRecord] {
        try connection.query(
            """
            SELECT \(columns) FROM oauth_token
            WHERE expires_at < ? AND (refresh_expires_at IS NULL OR refresh_active = 0 OR refresh_expires_at < ?) LIMIT ?
            """, [SQLValue(milliseconds), SQLValue(milliseconds), SQLValue(limit)]
        ).map(record)
    }

    static func delete(_ tokenID: String, in transaction: any SQLTransaction) throws {
        try transaction.execute("DELETE FROM oauth_token WHERE token_id = ?", [SQLValue(tokenID)])
    }

    /// Sorted, so that the order in which a client asks makes no other token.
    private static func scopeText(_ scopes: [String]) -> String { scopes.sorted().joined(separator: " ") }

    private static func record(_ row: SQLRow) throws -> TokenRecord {
        TokenRecord(
            tokenID: try row.text("token_id"), tenantID: try row.int("tenant_id"),
            consumerKey: try row.text("consumer_key"), userID: try row.text("user_id"),
            userTenantID: try row.int("user_tenant_id"), authorizedUser: try row.text("authorized_user"),
            isOfUser: try row.bool("of_user"), grantType: try row.text("grant_type"),
            scopes: try row.text("scopes").split(separator: " ").map(String.init),
            issuedMilliseconds: try row.int64("issued_at"), expiresMilliseconds: try row.int64("expires_at"),
            sealedToken: row.optionalText("sealed_token"), isActive: try row.bool("active"),
            refreshHash: row.optionalText("refresh_hash"),
            refreshExpiresMilliseconds: row.optionalInt("refresh_expires_at").map(Int64.init),
            isRefreshActive: try row.bool("refresh_active"))
    }
}
