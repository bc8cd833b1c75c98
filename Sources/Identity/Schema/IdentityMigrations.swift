import Storage

/// The tables of tenants, users, roles, clients, tokens and signing keys.
public enum IdentityMigrations {
    public static let all = [tenants, users, scopes, clients, keys, keyManagers, gatewayRevocations, backendTokenKeys]

    /// The columns with sealed values, for the rotation of the vault's key.
    public static let sealedColumns = [
        SealedColumn(table: "oauth_client", id: "consumer_key", column: "secret", context: "oauth-client"),
        SealedColumn(table: "oauth_token", id: "token_id", column: "sealed_token", context: "oauth-token"),
        SealedColumn(table: "signing_key", id: "id", column: "private_key", context: "signing-key"),
        SealedColumn(table: "key_manager", id: "id", column: "secrets", context: "key-manager"),
        SealedColumn(table: "backend_token_key", id: "id", column: "private_key", context: "backend-token-key"),
    ]

    private static let tenants = Migration(
        200, "tenants",
        [
            """
            CREATE TABLE tenant (
                id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, domain TEXT NOT NULL, name TEXT NOT NULL,
                active INTEGER NOT NULL, owner_id TEXT, created_at INTEGER NOT NULL, deleted_at INTEGER)
            """,
            "CREATE UNIQUE INDEX tenant_by_domain ON tenant (lower(domain)) WHERE deleted_at IS NULL",
            """
            INSERT INTO tenant (id, uuid, domain, name, active, owner_id, created_at, deleted_at)
            VALUES (-1234, '10084a8d-113f-4211-a0d5-efe36b082211', 'carbon.super', 'Super', 1, NULL, 0, NULL)
            """,
        ])

    /// `password` is a salted scrypt hash; `attributes` the SCIM attributes that have no column.
    private static let users = Migration(
        201, "users and roles",
        [
            """
            CREATE TABLE user_account (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, store TEXT NOT NULL, username TEXT NOT NULL,
                password TEXT NOT NULL, locked INTEGER NOT NULL, attributes TEXT NOT NULL, version INTEGER NOT NULL,
                created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX user_account_by_name ON user_account (tenant_id, lower(store), lower(username))",
            """
            CREATE TABLE role (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, is_group INTEGER NOT NULL,
                permissions TEXT NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL,
                modified_at INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX role_by_name ON role (tenant_id, is_group, lower(name))",
            """
            CREATE TABLE user_role (
                tenant_id INTEGER NOT NULL, user_id TEXT NOT NULL, role_id TEXT NOT NULL,
                PRIMARY KEY (user_id, role_id))
            """,
            "CREATE INDEX user_role_by_role ON user_role (role_id)",
        ])

    /// `rest_scope` and `role_alias` hold what a tenant's administrator changed; `api_scope` the scopes of APIs.
    private static let scopes = Migration(
        202, "scopes",
        [
            """
            CREATE TABLE rest_scope (
                tenant_id INTEGER NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL, PRIMARY KEY (tenant_id, name))
            """,
            """
            CREATE TABLE role_alias (
                tenant_id INTEGER NOT NULL, alias TEXT NOT NULL, role TEXT NOT NULL,
                PRIMARY KEY (tenant_id, alias, role))
            """,
            """
            CREATE TABLE api_scope (
                tenant_id INTEGER NOT NULL, name TEXT NOT NULL, display_name TEXT NOT NULL, description TEXT NOT NULL,
                roles TEXT NOT NULL, PRIMARY KEY (tenant_id, name))
            """,
        ])

    /// `secret` is sealed. An access token is found by `token_id`: the `jti` of a JWT, the hash of an opaque token, which is
    /// kept sealed because it may be handed out again. Refresh tokens are kept as hashes only.
    private static let clients = Migration(
        203, "clients and tokens",
        [
            """
            CREATE TABLE oauth_client (
                consumer_key TEXT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, tenant_id INTEGER NOT NULL, name TEXT NOT NULL,
                owner_id TEXT NOT NULL, owner_name TEXT NOT NULL, secret TEXT NOT NULL, grant_types TEXT NOT NULL,
                callback TEXT NOT NULL, token_type TEXT NOT NULL, all_tenants INTEGER NOT NULL,
                attributes TEXT NOT NULL, created_at INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX oauth_client_by_name ON oauth_client (tenant_id, lower(name))",
            """
            CREATE TABLE oauth_token (
                token_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, consumer_key TEXT NOT NULL, user_id TEXT NOT NULL,
                user_tenant_id INTEGER NOT NULL, authorized_user TEXT NOT NULL, of_user INTEGER NOT NULL,
                grant_type TEXT NOT NULL, scopes TEXT NOT NULL, issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
                sealed_token TEXT, active INTEGER NOT NULL, refresh_hash TEXT UNIQUE, refresh_expires_at INTEGER,
                refresh_active INTEGER NOT NULL)
            """,
            "CREATE INDEX oauth_token_by_grant ON oauth_token (consumer_key, user_id, active)",
            "CREATE INDEX oauth_token_by_user ON oauth_token (user_id)",
            "CREATE INDEX oauth_token_by_expiry ON oauth_token (expires_at)",
        ])

    /// One key a tenant; `private_key` is sealed. `published_issuer` is the issuer under which gateways know the key.
    private static let keys = Migration(
        204, "signing keys",
        [
            """
            CREATE TABLE signing_key (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL UNIQUE, private_key TEXT NOT NULL, certificate TEXT NOT NULL,
                created_at INTEGER NOT NULL, published_issuer TEXT)
            """
        ])

    /// Global ones have the tenant 0. `secrets` is sealed; `key_set_due` is null for keys that do not come from a URL.
    private static let keyManagers = Migration(
        205, "key managers",
        [
            """
            CREATE TABLE key_manager (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, enabled INTEGER NOT NULL,
                issuer TEXT NOT NULL, document TEXT NOT NULL, secrets TEXT, key_set TEXT NOT NULL, key_set_due INTEGER,
                key_set_problem TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, version INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX key_manager_by_name ON key_manager (tenant_id, lower(name))",
            "CREATE INDEX key_manager_by_due ON key_manager (key_set_due)",
        ])

    /// Revocations that are no tokens of ours, so that they can be withdrawn when they have run out.
    private static let gatewayRevocations = Migration(
        206, "revocations at gateways",
        [
            """
            CREATE TABLE gateway_revocation (
                kind TEXT NOT NULL, entity_key TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (kind, entity_key))
            """,
            "CREATE INDEX gateway_revocation_by_expiry ON gateway_revocation (expires_at)",
        ])

    /// One key a tenant; `private_key` is sealed.
    private static let backendTokenKeys = Migration(
        207, "keys of backend tokens",
        [
            """
            CREATE TABLE backend_token_key (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL UNIQUE, private_key TEXT NOT NULL, certificate TEXT NOT NULL,
                created_at INTEGER NOT NULL)
            """
        ])
}
