import ArgumentParser
import FoundationEssentials
import Model
import Storage

/// `martlet admin restore`: fills an empty installation from a backup.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Fill an empty database from the file of a backup, of either kind of database.",
        discussion: "Put vault.key, and deployment.toml if you have one, into the data directory before.")

    @OptionGroup var options: PlatformOptions

    @Argument(help: "The file of the backup.")
    var file: String

    func run() async throws {
        try await StartProblem.explaining {
            let directory = try DataDirectory(path: options.dataPath)
            let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
            let key = try VaultKey.configured(settings) ?? VaultKey.existing(path: directory.vaultKeyPath)
            let store = try await Database(settings: settings, directory: directory.path).open()
            let summary = try await Backup.restore(
                PlatformOptions.absolute(file), into: store, migrations: StateStore.migrations, key: key, time: .system)
            try await store.close()
            print("Restored \(summary.rows) rows of \(summary.tables) tables. `martlet serve` continues with them.")
        }
    }
}
