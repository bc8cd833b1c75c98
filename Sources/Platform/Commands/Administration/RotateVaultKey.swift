import ArgumentParser
import FoundationEssentials
import Model
import Settings
import Storage

/// `martlet admin rotate-vault-key`: seals all stored secrets with a new key.
struct RotateVaultKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-vault-key",
        abstract: "Seal all stored secrets with a new key. Every node of the platform must be stopped.",
        discussion: """
            The key file of the data directory is replaced. Where the configuration holds the key (encryption.key), the new one \
            is read from the first line of standard input; put it into the configuration afterwards. Backups from before need \
            the old key: keep it as long as you keep them.
            """)

    @OptionGroup var options: PlatformOptions

    func run() async throws {
        try await StartProblem.explaining {
            let directory = try DataDirectory(path: options.dataPath)
            let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
            // Opening heals a rotation that was interrupted, and brings the schema to the state that the list of columns describes.
            let state = try await StateStore.open(directory, settings: settings, time: .system, random: .system)
            // A node that goes on with the old key would seal what nobody can open any more.
            try await (state.store as? PostgreSQLStore)?.excludeNodes()
            let count = try await rotate(state.store, directory, current: try VaultKey.configured(settings))
            try await state.store.close()
            print("\(count) secrets are sealed with the new key.")
        }
    }

    private func rotate(_ store: any SQLStore, _ directory: DataDirectory, current: VaultKey?) async throws -> Int {
        let columns = StateStore.sealedColumns
        guard let current else {
            return try await Vault.rotate(keyFile: directory.vaultKeyPath, columns: columns, store: store)
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw StartProblem("Write the new key, 32 bytes in Base64 (openssl rand -base64 32), to standard input.")
        }
        let next = try VaultKey(base64: line, source: "standard input")
        return try await Vault.rotate(from: current, to: next, columns: columns, store: store)
    }
}
