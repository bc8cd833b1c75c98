import ArgumentParser
import FoundationEssentials
import Logging
import Model
import ServiceLifecycle
import Settings
import Storage

/// `martlet serve`: runs the platform until SIGTERM or Ctrl-C.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the platform.")

    @OptionGroup var options: PlatformOptions

    @Option(help: "The directory of the logs; without it, logs in the data directory.")
    var logs: String?

    @Option(help: "What this node does: all, control-plane or gateway; without it, what server.server_role says.")
    var profile: ServerProfile?

    @Option(help: "Added to every port.")
    var portOffset = 0

    func run() async throws {
        try await StartProblem.explaining { try await serve() }
    }

    private func serve() async throws {
        let directory = try DataDirectory(path: options.dataPath)
        let profile = try profile ?? ServerProfile(settings: loadedSettings())
        // A restored database has its administrators: a new password would open nothing. A gateway has none at all.
        let isNew = !FileManager.default.fileExists(atPath: directory.databasePath)
        if profile != .gateway, options.config == nil, isNew,
            try FirstConfiguration(file: options.configurationPath, random: .system).write()
        {
            Terminal.say("First start: the administrator's name and password are in \(options.configurationPath).")
        }
        let settings = try loadedSettings()
        var logger = Logger(label: "martlet") { SingleLineLogHandler(StreamLogHandler.standardOutput(label: $0)) }
        logger.logLevel = Logger.Level(rawValue: settings[SettingsTable.logLevel]) ?? .info
        for warning in settings.warnings { logger.warning("\(warning)") }
        let logsPath = logs.map(PlatformOptions.absolute) ?? options.dataPath + "/logs"
        if profile == .gateway {
            try await GatewayNode.prepare(
                directory: directory, settings: settings, offset: portOffset, logsPath: logsPath, logger: logger
            ).run()
        } else {
            try await Platform.prepare(
                profile, directory: directory, settings: settings, offset: portOffset, logsPath: logsPath, logger: logger
            ).run()
        }
    }

    private func loadedSettings() throws -> Settings {
        try options.settings(environment: ProcessInfo.processInfo.environment)
    }
}
