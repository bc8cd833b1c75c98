/// How a node stops (`docs/operations.md`).
extension SettingsTable {
    public static let shutdownDelay = Setting(
        "server.shutdown.delay", 1,
        "Seconds from SIGTERM until the gateway closes its ports; meanwhile it is not ready, and each answer ends its connection."
    ).within(0...3_600)
    public static let shutdownLimit = Setting(
        "server.shutdown.time_limit", 20, "Seconds that running requests then have to end before they are cut off."
    ).within(0...3_600)

    static let shutdown: [any AnySetting] = [shutdownDelay, shutdownLimit]
}
