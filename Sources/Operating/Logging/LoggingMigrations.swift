import Storage

/// The tables of the logs that administrators switch on.
public enum LoggingMigrations {
    /// In order of number.
    public static let all: [Migration] = [
        Migration(
            540, "logs of calls",
            [
                """
                CREATE TABLE api_log (
                    tenant_id INTEGER NOT NULL, api_id TEXT NOT NULL, verb TEXT NOT NULL, target TEXT NOT NULL,
                    level TEXT NOT NULL, PRIMARY KEY (tenant_id, api_id, verb, target)
                )
                """,
                "CREATE TABLE correlation_component (name TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL)",
            ])
    ]
}
