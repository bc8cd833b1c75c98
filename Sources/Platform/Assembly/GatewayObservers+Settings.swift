import GatewayCore
import Settings

extension GatewayObservers {
    /// What the settings want to be watched.
    init(settings: Settings, logs: GatewayLogs, tracing: Tracing?) {
        self.init()
        if settings[SettingsTable.metricsEnabled] { metrics = GatewayMetrics(limit: settings[SettingsTable.metricsSeries]) }
        self.tracing = tracing?.calls
        apiLog = { logs.api.write($0) }
        correlationLog = { logs.correlation.write($0) }
        let kept = settings[SettingsTable.decisionsKept]
        decisions = kept > 0 ? DecisionJournal(capacity: kept) : nil
        loggedBodyBytes = settings[SettingsTable.loggedBodyBytes]
    }
}
