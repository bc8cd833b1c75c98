import ArgumentParser

/// The `martlet` program: runs the platform and administers it.
public struct MartletCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "martlet", abstract: "The Martlet API management platform.",
        subcommands: [ServeCommand.self, AdminCommand.self, ConfigCommand.self, ExplainCommand.self])

    public init() {}
}
