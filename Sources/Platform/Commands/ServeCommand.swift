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

    @Option(help: "Added to every port.")
    var portOffset = 0

    func run() async throws {
        try await StartProblem.explaining { try await serve() }
    }

    private func serve() async throws {
        let directory = try DataDirectory(path: options.dataPath)
        // A restored database has its administrators: a new password would open nothing.
        let isNew = !FileManager.default.fileExists(atPath: directory.databasePath)
        if options.config == nil, isNew, try FirstConfiguration(file: options.configurationPath, random: .system).write() {
            Terminal.say("First start: the administrator's name and password are in \(options.configurationPath).")
        }
        let settings = try options.settings(environment: ProcessInfo.processInfo.environment)
        var logger = Logger(label: "martlet")
        logger.logLevel = Logger.Level(rawValue: settings[SettingsTable.logLevel]) ?? .info
        for warning in settings.warnings { logger.warning("\(warning)") }
        let platform = try await Platform.prepare(
            directory: directory, settings: settings, offset: portOffset,
            logsPath: logs.map(PlatformOptions.absolute) ?? options.dataPath + "/logs", logger: logger)
        try await platform.run()
    }
}
