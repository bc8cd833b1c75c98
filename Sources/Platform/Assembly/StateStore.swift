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
        + OperatingMigrations.all + GatewayMigrations.all + LoggingMigrations.all

    /// Where sealed secrets are stored. The vault seals for these columns only, so that the rotation of its key finds every secret.
    static let sealedColumns: [SealedColumn] =
        [GatewayEntityReader.sealedColumn] + IdentityMigrations.sealedColumns + PublishingMigrations.sealedColumns
        + ConsumingMigrations.sealedColumns + OperatingMigrations.sealedColumns

    static func open(
        _ directory: DataDirectory, settings: Settings, statements: StatementWatch? = nil, time: TimeSource,
        random: RandomSource
    ) async throws -> StateStore {
        let store = try await Database(settings: settings, directory: directory.path, statements: statements).open()
        try await Migrator(migrations).migrate(store, time: time)
        return StateStore(store: store, vault: try await vault(directory, settings, store, random))
    }

    private static func vault(
        _ directory: DataDirectory, _ settings: Settings, _ store: any SQLStore, _ random: RandomSource
    ) async throws -> Vault {
        guard let key = try VaultKey.configured(settings) else {
            return try await Vault.open(
                keyFile: directory.vaultKeyPath, store: store, columns: sealedColumns, random: random)
        }
        return try await Vault.open(key: key, store: store, columns: sealedColumns, random: random)
    }
}

extension VaultKey {
    /// The key of the configuration; `nil` when it names none, and the file in the data directory counts.
    static func configured(_ settings: Settings) throws -> VaultKey? {
        let text = settings[SettingsTable.vaultKey]
        return text.isEmpty ? nil : try VaultKey(base64: text, source: SettingsTable.vaultKey.path)
    }
}
