import Storage

/// The tables of gateways that run apart from the control plane.
public enum GatewayMigrations {
    /// In order of number.
    public static let all: [Migration] = [
        Migration(
            550, "gateway tokens",
            [
                """
                CREATE TABLE gateway_token (
                    id TEXT NOT NULL PRIMARY KEY,
                    tenant_id INTEGER NOT NULL,
                    tenant_domain TEXT NOT NULL,
                    name TEXT NOT NULL,
                    hash TEXT NOT NULL,
                    environments TEXT NOT NULL,
                    tenants TEXT NOT NULL,
                    created_by TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    used_at INTEGER
                )
                """,
                "CREATE UNIQUE INDEX gateway_token_name ON gateway_token (tenant_id, lower(name))",
            ]),
        Migration(
            551, "gateway instances",
            [
                """
                CREATE TABLE gateway_instance (
                    owner_id INTEGER NOT NULL,
                    id TEXT NOT NULL,
                    owner_domain TEXT NOT NULL,
                    token TEXT,
                    session TEXT NOT NULL,
                    environments TEXT NOT NULL,
                    tenants TEXT NOT NULL,
                    host TEXT NOT NULL,
                    version TEXT NOT NULL,
                    started_at INTEGER NOT NULL,
                    active_at INTEGER NOT NULL,
                    connected INTEGER NOT NULL,
                    acknowledged INTEGER NOT NULL,
                    failures TEXT NOT NULL,
                    PRIMARY KEY (owner_id, id)
                )
                """,
                "CREATE INDEX gateway_instance_by_activity ON gateway_instance (active_at)",
            ]),
        Migration(
            552, "reports of gateways",
            [
                """
                CREATE TABLE gateway_report (
                    owner_id INTEGER NOT NULL,
                    gateway_id TEXT NOT NULL,
                    api_id TEXT NOT NULL,
                    revision_id TEXT,
                    failed INTEGER NOT NULL,
                    reported_at INTEGER NOT NULL,
                    message TEXT,
                    PRIMARY KEY (owner_id, gateway_id, api_id)
                )
                """,
                "CREATE INDEX gateway_report_by_api ON gateway_report (api_id)",
            ]),
    ]
}
