import Settings

/// Where spans are sent, by the name of the tracing system (`docs/tracing.md`).
struct TracerAddress: Sendable, Equatable {
    /// `nil` for a tracing system whose protocol is not spoken.
    var url: String?
    /// What the administrator has to know of it.
    var warning: String?

    /// Jaeger's port for its own protocol over gRPC, which stands in configurations of before it took OTLP.
    private static let ownPortOfJaeger = 14_250

    init(settings: Settings) {
        let url = settings[SettingsTable.tracerURL]
        switch settings[SettingsTable.tracerName].lowercased() {
        case "otlp": self.url = url
        case "jaeger" where url != SettingsTable.tracerURL.defaultValue: self.url = url
        case "jaeger":
            var port = settings[SettingsTable.tracerPort]
            if port == Self.ownPortOfJaeger {
                port = SettingsTable.tracerPort.defaultValue
                warning = """
                    \(SettingsTable.tracerPort.path): spans go to Jaeger's port \(port), which takes OTLP over HTTP; the protocol of port \
                    \(Self.ownPortOfJaeger) is not spoken.
                    """
            }
            let host = settings[SettingsTable.tracerHost]
            self.url = "http://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host):\(port)"
        case let name:
            warning = """
                \(SettingsTable.tracerName.path): '\(name)' is not spoken, so nothing is traced. Use otlp, and send to an OpenTelemetry \
                Collector if the tracing system does not take OTLP over HTTP itself.
                """
        }
    }
}
