import GatewayCore
import GatewayTransport
import Model
import Settings
import Storage

/// The log of what a node asks its database, off until somebody switches it on (`docs/correlation-logs.md`).
struct StatementLog: Sendable {
    let watch: StatementWatch
    private let sink: LogSink
    /// Whether a gateway in this process has the file, too, and sees to it.
    let isShared: Bool

    /// - Parameter logs: of the gateway in this process; without one the file is made in `directory`, with the first line.
    init(logs: GatewayLogs?, directory: String, database: String, settings: Settings, time: TimeSource = .system) throws {
        isShared = logs != nil
        if logs == nil { try GatewayLogs.makeDirectory(directory) }
        let sink = logs?.correlation ?? LogSink(path: directory + "/correlation.log", rotation: LogRotation(settings: settings))
        self.sink = sink
        watch = StatementWatch { statement in
            sink.write(
                StatementLine(
                    database: database, sql: statement.sql, milliseconds: statement.milliseconds,
                    correlationID: statement.correlationID
                ).bytes(now: time.milliseconds))
        }
    }

    /// Begins a new file where another program moved the old one away.
    func reopen() { sink.reopen() }

    /// Writes what waits.
    func flush() async { if !isShared { await sink.flush() } }
}
