import Storage

/// The schema of the publishing part.
public enum PublishingMigrations {
    public static let all: [Migration] = [
        apis, definitions, revisions, lifecycle, scopes, certificates, products, policies,
    ]

    /// The columns with sealed secrets, for the rotation of the vault's key.
    public static let sealedColumns = [
        SealedColumn(table: "api", id: "id", column: "secrets", context: "api"),
        SealedColumn(table: "api_revision", id: "id", column: "secrets", context: "api-revision"),
        SealedColumn(table: "gateway_policy", id: "id", column: "secrets", context: "gateway-policy"),
    ]

    /// `context` is the gateway path with the version resolved. `document` holds the members of the REST contract's API object that have no
    /// column, without secrets. `last_revision` counts the revisions ever made.
    private static let apis = Migration(
        300, "APIs",
        [
            """
            CREATE TABLE api (
                id TEXT PRIMARY KEY, number INTEGER NOT NULL, tenant_id INTEGER NOT NULL, name TEXT NOT NULL,
                version TEXT NOT NULL, display_name TEXT NOT NULL, description TEXT NOT NULL, context TEXT NOT NULL,
                context_template TEXT NOT NULL, provider TEXT NOT NULL, type TEXT NOT NULL, lifecycle_state TEXT NOT NULL,
                visibility TEXT NOT NULL, access_control TEXT NOT NULL, gateway_vendor TEXT NOT NULL,
                is_default_version INTEGER NOT NULL, serves_default INTEGER NOT NULL, has_thumbnail INTEGER NOT NULL,
                last_revision INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                updated_by TEXT NOT NULL, row_version INTEGER NOT NULL, document TEXT NOT NULL, secrets TEXT
            )
            """,
            "CREATE UNIQUE INDEX api_number ON api (number)",
            "CREATE UNIQUE INDEX api_name_version ON api (tenant_id, lower(name), lower(version))",
            "CREATE UNIQUE INDEX api_by_context ON api (tenant_id, gateway_vendor, context)",
            "CREATE INDEX api_created ON api (tenant_id, created_at, number)",
            // One row a name and one a context template: the rules that span several versions, as indexes.
            """
            CREATE TABLE api_name (
                tenant_id INTEGER NOT NULL, lower_name TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tenant_id, lower_name)
            )
            """,
            """
            CREATE TABLE api_context (
                tenant_id INTEGER NOT NULL, gateway_vendor TEXT NOT NULL, context_template TEXT NOT NULL, name TEXT NOT NULL,
                PRIMARY KEY (tenant_id, gateway_vendor, context_template)
            )
            """,
            // What is searched beside the columns: kind `tag`, `property` (with its name), `category`, `endpoint`, `third-party`, `role`, `access-role`.
            """
            CREATE TABLE api_attribute (
                api_id TEXT NOT NULL, tenant_id INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL
            )
            """,
            "CREATE INDEX api_attribute_api ON api_attribute (api_id, kind)",
            "CREATE INDEX api_attribute_value ON api_attribute (tenant_id, kind, lower(value))",
        ])

    private static let definitions = Migration(
        301, "API definitions and thumbnails",
        [
            "CREATE TABLE api_definition (api_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, definition TEXT NOT NULL)",
            """
            CREATE TABLE api_thumbnail (
                api_id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL,
                row_version INTEGER NOT NULL
            )
            """,
        ])

    private static let revisions = Migration(
        302, "Revisions and deployments",
        [
            """
            CREATE TABLE api_revision (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, api_id TEXT NOT NULL, number INTEGER NOT NULL,
                description TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, document TEXT NOT NULL,
                definition TEXT NOT NULL, secrets TEXT
            )
            """,
            "CREATE UNIQUE INDEX api_revision_number ON api_revision (api_id, number)",
            """
            CREATE TABLE api_deployment (
                api_id TEXT NOT NULL, environment TEXT NOT NULL, tenant_id INTEGER NOT NULL, revision_id TEXT NOT NULL,
                vhost TEXT NOT NULL, display_on_devportal INTEGER NOT NULL, deployed_at INTEGER NOT NULL,
                PRIMARY KEY (api_id, environment)
            )
            """,
            "CREATE INDEX api_deployment_revision ON api_deployment (revision_id)",
            "CREATE INDEX api_deployment_environment ON api_deployment (tenant_id, environment)",
        ])

    private static let lifecycle = Migration(
        303, "Lifecycle history",
        [
            """
            CREATE TABLE api_lifecycle_event (
                api_id TEXT NOT NULL, position INTEGER NOT NULL, tenant_id INTEGER NOT NULL, previous_state TEXT,
                state TEXT NOT NULL, username TEXT NOT NULL, happened_at INTEGER NOT NULL, PRIMARY KEY (api_id, position)
            )
            """
        ])

    /// `api_scope_use` says which API uses which scope; what a scope means to tokens is kept by identity.
    private static let scopes = Migration(
        304, "Scopes",
        [
            """
            CREATE TABLE shared_scope (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, display_name TEXT NOT NULL,
                description TEXT NOT NULL, roles TEXT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX shared_scope_name ON shared_scope (tenant_id, name)",
            """
            CREATE TABLE api_scope_use (
                api_id TEXT NOT NULL, tenant_id INTEGER NOT NULL, name TEXT NOT NULL, is_shared INTEGER NOT NULL,
                roles TEXT NOT NULL, PRIMARY KEY (api_id, name)
            )
            """,
            "CREATE INDEX api_scope_use_name ON api_scope_use (tenant_id, name)",
        ])

    /// The alias of a client certificate is unique among those of its key type. `certificate` is the Base64 of the DER form,
    /// `certificates` a JSON array of such.
    private static let certificates = Migration(
        305, "Certificates",
        [
            """
            CREATE TABLE client_certificate (
                tenant_id INTEGER NOT NULL, key_type TEXT NOT NULL, alias TEXT NOT NULL, api_id TEXT NOT NULL,
                policy TEXT NOT NULL, certificate TEXT NOT NULL, row_version INTEGER NOT NULL,
                PRIMARY KEY (tenant_id, key_type, alias)
            )
            """,
            "CREATE INDEX client_certificate_api ON client_certificate (tenant_id, api_id)",
            """
            CREATE TABLE endpoint_certificate (
                tenant_id INTEGER NOT NULL, alias TEXT NOT NULL, endpoint TEXT NOT NULL, certificates TEXT NOT NULL,
                row_version INTEGER NOT NULL, PRIMARY KEY (tenant_id, alias)
            )
            """,
        ])

    /// Which operations of which APIs a product consists of. The product itself is a row of `api`.
    private static let products = Migration(
        306, "API products",
        [
            """
            CREATE TABLE product_resource (
                product_id TEXT NOT NULL, tenant_id INTEGER NOT NULL, api_id TEXT NOT NULL, verb TEXT NOT NULL,
                target TEXT NOT NULL, PRIMARY KEY (product_id, verb, target)
            )
            """,
            "CREATE INDEX product_resource_api ON product_resource (tenant_id, api_id)",
        ])

    /// `api_id` is empty for policies that all APIs of the tenant can use. A clone is an API's own copy of one of these; it can have
    /// several of one name, when the original was replaced. Policies that are part
    /// of the product have no rows. `policies` of a revision is what it has copied.
    private static let policies = Migration(
        307, "Operation and gateway policies",
        [
            """
            CREATE TABLE operation_policy (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, api_id TEXT NOT NULL, is_clone INTEGER NOT NULL,
                name TEXT NOT NULL, version TEXT NOT NULL, specification TEXT NOT NULL, definitions TEXT NOT NULL,
                md5 TEXT NOT NULL, created_at INTEGER NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX operation_policy_name ON operation_policy (tenant_id, api_id, name, version) WHERE is_clone = 0",
            "CREATE INDEX operation_policy_api ON operation_policy (tenant_id, api_id)",
            """
            CREATE TABLE gateway_policy (
                id TEXT PRIMARY KEY, tenant_id INTEGER NOT NULL, display_name TEXT NOT NULL, description TEXT NOT NULL,
                flows TEXT NOT NULL, secrets TEXT
            )
            """,
            "CREATE INDEX gateway_policy_name ON gateway_policy (tenant_id, display_name)",
            """
            CREATE TABLE gateway_policy_deployment (
                tenant_id INTEGER NOT NULL, environment TEXT NOT NULL, mapping_id TEXT NOT NULL,
                PRIMARY KEY (tenant_id, environment)
            )
            """,
            "ALTER TABLE api_revision ADD COLUMN policies TEXT",
        ])
}
