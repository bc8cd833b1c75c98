/// The log files of the gateway.
extension SettingsTable {
    public static let logMegabytes = Setting(
        "log.rotation.megabytes", 100, "Size from which a log file of the gateway is put aside and a new one begun."
    ).within(1...1_000_000)
    public static let logsDaily = Setting(
        "log.rotation.daily", true, "Whether the gateway also begins new log files with each day (UTC).")
    public static let logFilesKept = Setting(
        "log.rotation.files", 10, "Log files put aside that are kept, of each kind; older ones are deleted."
    ).within(0...10_000)

    public static let loggedBodyBytes = Setting(
        "log.api.payload_bytes", 16_384, "Bytes of a body that an API log at the level FULL holds at most."
    ).within(0...1_048_576)

    static let logFiles: [any AnySetting] = [logMegabytes, logsDaily, logFilesKept, loggedBodyBytes]
}
