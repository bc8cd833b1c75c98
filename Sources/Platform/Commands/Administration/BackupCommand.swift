import ArgumentParser
import FoundationEssentials
import Model
import Storage

/// `martlet admin backup`: copies the database into a file.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a new file, also while the platform runs.",
        discussion:
            "Secrets in the file stay sealed with the vault key, which is not part of it: keep a copy of the key elsewhere.")

    @OptionGroup var options: PlatformOptions

    @Argument(help: "The file to write. It must not exist.")
    var file: String

    func run() async throws {
        try await StartProblem.explaining {
            let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
            let store = try await Database(settings: settings, directory: options.dataPath).openForReading()
            let summary = try await Backup.write(
                store, to: PlatformOptions.absolute(file), migrations: StateStore.migrations, time: .system)
            try await store.close()
            print("\(file) holds \(summary.rows) rows of \(summary.tables) tables.")
            if let fingerprint = summary.vaultFingerprint {
                print("Its secrets are sealed with the vault key \(fingerprint), which you need to restore them.")
            }
        }
    }
}
