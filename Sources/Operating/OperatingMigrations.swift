import Storage

/// The tables of the operating capabilities.
public enum OperatingMigrations {
    /// The columns with sealed text, for the rotation of the vault's key.
    public static let sealedColumns = [EnvironmentTable.sealedColumn]

    /// In order of number.
    public static let all: [Migration] = [
        Migration(
            500, "throttling policies",
            [
                """
                CREATE TABLE throttling_policy (
                    id TEXT NOT NULL PRIMARY KEY,
                    tenant_id INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    level TEXT NOT NULL,
                    name TEXT NOT NULL,
                    document TEXT NOT NULL,
                    version INTEGER NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX throttling_policy_name ON throttling_policy (tenant_id, level, name)",
                "CREATE UNIQUE INDEX throttling_policy_number ON throttling_policy (tenant_id, number)",
            ]),
        Migration(
            501, "gateway environments",
            [
                """
                CREATE TABLE gateway_environment (
                    id TEXT NOT NULL PRIMARY KEY,
                    tenant_id INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    document TEXT NOT NULL,
                    version INTEGER NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX gateway_environment_name ON gateway_environment (tenant_id, lower(name))",
            ]),
        Migration(
            510, "deny policies",
            [
                """
                CREATE TABLE deny_policy (
                    id TEXT NOT NULL PRIMARY KEY,
                    tenant_id INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    condition TEXT NOT NULL,
                    is_active INTEGER NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX deny_policy_condition ON deny_policy (tenant_id, condition)",
                "CREATE UNIQUE INDEX deny_policy_number ON deny_policy (tenant_id, number)",
            ]),
        Migration(
            511, "custom rules",
            [
                """
                CREATE TABLE custom_rule (
                    id TEXT NOT NULL PRIMARY KEY,
                    number INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    document TEXT NOT NULL,
                    version INTEGER NOT NULL
                )
                """,
                "CREATE UNIQUE INDEX custom_rule_name ON custom_rule (name)",
                "CREATE UNIQUE INDEX custom_rule_number ON custom_rule (number)",
            ]),
    ]
}
