import ArgumentParser
import FoundationEssentials
import Settings

/// `martlet config`: looks at the configuration without starting anything.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or show the configuration.", subcommands: [Check.self, Show.self])

    /// Says what is wrong with a configuration; exit code 1 if something is.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is wrong with the configuration.")

        @OptionGroup var options: PlatformOptions

        func run() async throws {
            try await StartProblem.explaining {
                let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
                for warning in settings.warnings { print(warning) }
                let count = settings.warnings.count
                print(count == 0 ? "The configuration is right." : "The configuration works, with \(count) warnings.")
            }
        }
    }

    /// Prints every setting that is in force.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print every setting in force, secrets hidden.")

        @OptionGroup var options: PlatformOptions

        func run() async throws {
            try await StartProblem.explaining {
                print(try options.settings(environment: ProcessInfo.processInfo.environment).listing)
            }
        }
    }
}
