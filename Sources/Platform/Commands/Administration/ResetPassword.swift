import ArgumentParser
import FoundationEssentials
import Logging
import Model
import Settings
import Storage

/// `martlet admin reset-password`: lets an administrator in again.
struct ResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Set the password of an administrator; creates the user if there is none. The platform must be stopped.",
        discussion: "The password is read from the first line of standard input, so that it is in no process list.")

    @OptionGroup var options: PlatformOptions

    @Argument(help: "The user's name.")
    var username = "admin"

    func run() async throws {
        try await StartProblem.explaining {
            guard let password = readLine(strippingNewline: true), password.count >= 8 else {
                throw StartProblem("Write the new password, at least 8 characters, to standard input.")
            }
            let directory = try DataDirectory(path: options.dataPath)
            let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
            let parts = try await ControlPlaneParts.open(
                directory, settings: settings, offset: 0, logger: Logger(label: "martlet"))
            do {
                try await parts.controlPlane.identity.administratorReset.resetPassword(of: username, to: password)
            } catch let error as CatalogueError {
                throw StartProblem(error.description)
            }
            try await parts.state.store.close()
            print("The password of \(username) is set. Tokens that were issued to this user no longer work.")
        }
    }
}
