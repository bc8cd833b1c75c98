import FoundationEssentials
import GatewayTransport
import Settings

/// The log files of the gateway.
struct GatewayLogs: Sendable {
    let access: LogSink
    let analytics: LogSink

    /// Makes the directory when there is none.
    init(directory: String, settings: Settings) throws {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw StartProblem("The directory of logs \(directory) cannot be made. Choose another one with --logs.")
        }
        let rotation = LogRotation(
            bytes: settings[SettingsTable.logMegabytes] << 20, files: settings[SettingsTable.logFilesKept],
            isDaily: settings[SettingsTable.logsDaily])
        access = LogSink(path: directory + "/access.log", rotation: rotation)
        analytics = LogSink(path: directory + "/analytics.log", rotation: rotation)
    }

    /// Bytes that are in no file, because the disk was full or too slow.
    var lostBytes: Int { access.droppedBytes + analytics.droppedBytes }

    /// Begins new files where another program moved the old ones away.
    func reopen() {
        access.reopen()
        analytics.reopen()
    }
}
