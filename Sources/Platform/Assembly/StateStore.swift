import Consuming
import Identity
import Logging
import Model
import Operating
import Publishing
import Settings
import Storage

/// The opened state of an installation: migrated database and vault.
struct StateStore: Sendable {
    let store: any SQLStore
    let vault: Vault

    static let migrations: [Migration] =
        IdentityMigrations.all + PublishingMigrations.all + ConsumingMigrations.all
        + OperatingMigrations.all + GatewayMigrations.all

    static func open(
        _ directory: DataDirectory, settings: Settings, time: TimeSource, random: RandomSource
    ) async throws -> StateStore {
        let store = try await database(directory, settings)
        try await Migrator(migrations).migrate(store, time: time)
        let vault = try await Vault.open(key: try key(directory, settings, random), store: store, random: random)
        return StateStore(store: store, vault: vault)
    }

    private static func database(_ directory: DataDirectory, _ settings: Settings) async throws -> any SQLStore {
        guard settings[SettingsTable.databaseType] == "postgresql" else {
            return try await SQLiteStore(path: directory.databasePath)
        }
        let url = settings[SettingsTable.databaseURL]
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            throw StartProblem("database.apim_db.url has to be like postgresql://host:5432/database.")
        }
        return try await PostgreSQLStore(
            connection: url + credentials(settings, hasParameters: url.contains("?")),
            connections: settings[SettingsTable.databaseConnections])
    }

    /// User and password as parameters of the connection's URL, so that they need not stand in it.
    private static func credentials(_ settings: Settings, hasParameters: Bool) -> String {
        let values = [
            ("user", settings[SettingsTable.databaseUsername]), ("password", settings[SettingsTable.databasePassword]),
        ]
        let parameters = values.filter { !$0.1.isEmpty }.map { "\($0)=\(percentEncoded($1))" }
        return parameters.isEmpty ? "" : (hasParameters ? "&" : "?") + parameters.joined(separator: "&")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func key(_ directory: DataDirectory, _ settings: Settings, _ random: RandomSource) throws -> VaultKey {
        let configured = settings[SettingsTable.vaultKey]
        guard configured.isEmpty else { return try VaultKey(base64: configured, source: SettingsTable.vaultKey.path) }
        return try VaultKey.load(path: directory.vaultKeyPath, random: random)
    }
}
