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
        + OperatingMigrations.all

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
        throw StartProblem("database.apim_db.type postgresql is not supported by this build.")
    }

    private static func key(_ directory: DataDirectory, _ settings: Settings, _ random: RandomSource) throws -> VaultKey {
        let configured = settings[SettingsTable.vaultKey]
        guard configured.isEmpty else { return try VaultKey(base64: configured, source: SettingsTable.vaultKey.path) }
        return try VaultKey.load(path: directory.vaultKeyPath, random: random)
    }
}
