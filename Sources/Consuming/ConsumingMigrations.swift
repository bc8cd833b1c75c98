import Storage

/// The tables of the consuming capabilities.
public enum ConsumingMigrations {
    /// In order of number.
    public static let all: [Migration] = [applications, keys, subscriptions, externalClients, apiKeys]

    /// The columns with sealed values, for the rotation of the vault's key.
    public static let sealedColumns = [
        SealedColumn(table: "external_client", id: "mapping_id", column: "secrets", context: "external-client")
    ]

    /// `owner` is the user's name without tenant; `document` holds attributes, groups and visibility.
    private static let applications = Migration(
        400, "applications",
        [
            """
            CREATE TABLE application (
                id TEXT PRIMARY KEY, number INTEGER NOT NULL, tenant_id INTEGER NOT NULL, owner TEXT NOT NULL,
                name TEXT NOT NULL, description TEXT NOT NULL, policy TEXT NOT NULL, token_type TEXT NOT NULL,
                status TEXT NOT NULL, document TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                version INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX application_number ON application (number)",
            "CREATE UNIQUE INDEX application_name ON application (tenant_id, lower(owner), name)",
            "CREATE INDEX application_policy ON application (tenant_id, policy)",
            """
            CREATE TABLE subscriber (
                tenant_id INTEGER NOT NULL, username TEXT NOT NULL, created_at INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX subscriber_name ON subscriber (tenant_id, lower(username))",
        ])

    private static let keys = Migration(
        401, "application keys",
        [
            """
            CREATE TABLE application_key (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, application_id TEXT NOT NULL, key_manager TEXT NOT NULL,
                key_type TEXT NOT NULL, consumer_key TEXT NOT NULL, mode TEXT NOT NULL, created_at INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX application_key_slot ON application_key (application_id, key_manager, key_type)",
            "CREATE UNIQUE INDEX application_key_client ON application_key (tenant_id, key_manager, consumer_key)",
        ])

    private static let subscriptions = Migration(
        402, "subscriptions",
        [
            """
            CREATE TABLE subscription (
                id TEXT PRIMARY KEY, number INTEGER NOT NULL, tenant_id INTEGER NOT NULL, application_id TEXT NOT NULL,
                api_id TEXT NOT NULL, plan TEXT NOT NULL, requested_plan TEXT NOT NULL, status TEXT NOT NULL,
                created_at INTEGER NOT NULL, version INTEGER NOT NULL)
            """,
            "CREATE UNIQUE INDEX subscription_number ON subscription (number)",
            "CREATE UNIQUE INDEX subscription_pair ON subscription (application_id, api_id)",
            "CREATE INDEX subscription_api ON subscription (tenant_id, api_id)",
            "CREATE INDEX subscription_plan ON subscription (tenant_id, plan)",
        ])

    /// Clients at key managers of others. `secrets` is sealed.
    private static let externalClients = Migration(
        403, "clients at key managers of others",
        [
            """
            CREATE TABLE external_client (
                mapping_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, document TEXT NOT NULL, secrets TEXT NOT NULL)
            """
        ])

    /// Opaque API keys: `key_hash` is a keyed hash. `validity` is in seconds, null for keys that never expire.
    private static let apiKeys = Migration(
        404, "API keys",
        [
            """
            CREATE TABLE api_key (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, key_hash TEXT NOT NULL UNIQUE,
                key_type TEXT NOT NULL, owner TEXT NOT NULL, api_id TEXT, application_id TEXT, permitted_ip TEXT,
                permitted_referer TEXT, validity INTEGER, issued_at INTEGER NOT NULL, last_used_at INTEGER)
            """,
            "CREATE UNIQUE INDEX api_key_of_api ON api_key (tenant_id, api_id, lower(owner), lower(name)) WHERE api_id IS NOT NULL",
            """
            CREATE UNIQUE INDEX api_key_of_application ON api_key (tenant_id, application_id, lower(owner), lower(name))
                WHERE api_id IS NULL
            """,
            "CREATE INDEX api_key_by_application ON api_key (tenant_id, application_id)",
        ])
}
