import ArgumentParser

/// `martlet admin`: work on an installation by the owner of the machine.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Administer an installation on this machine.",
        subcommands: [
            ResetPassword.self, BackupCommand.self, RestoreCommand.self, RotateVaultKey.self, GatewayTokenCommand.self,
        ])
}
