import FoundationEssentials
import GatewayTransport
import Settings

/// The log files of the gateway.
struct GatewayLogs: Sendable {
    let access: LogSink
    let analytics: LogSink
    /// Calls of the APIs that administrators want to see.
    let api: LogSink
    let correlation: LogSink

    /// Makes the directory when there is none.
    init(directory: String, settings: Settings) throws {
        try Self.makeDirectory(directory)
        let rotation = LogRotation(settings: settings)
        access = LogSink(path: directory + "/access.log", rotation: rotation)
        analytics = LogSink(path: directory + "/analytics.log", rotation: rotation)
        api = LogSink(path: directory + "/api.log", rotation: rotation)
        correlation = LogSink(path: directory + "/correlation.log", rotation: rotation)
    }

    /// Makes the directory of logs when there is none.
    static func makeDirectory(_ directory: String) throws(StartProblem) {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw StartProblem("The directory of logs \(directory) cannot be made. Choose another one with --logs.")
        }
    }

    private var all: [LogSink] { [access, analytics, api, correlation] }

    /// Bytes that are in no file, because the disk was full or too slow.
    var lostBytes: Int { all.reduce(0) { $0 + $1.droppedBytes } }

    /// Begins new files where another program moved the old ones away.
    func reopen() {
        for sink in all { sink.reopen() }
    }

    /// Writes what waits.
    func flush() async {
        for sink in all { await sink.flush() }
    }
}

extension LogRotation {
    init(settings: Settings) {
        self.init(
            bytes: settings[SettingsTable.logMegabytes] << 20, files: settings[SettingsTable.logFilesKept],
            isDaily: settings[SettingsTable.logsDaily])
    }
}
