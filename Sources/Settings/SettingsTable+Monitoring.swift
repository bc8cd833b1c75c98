/// What the platform tells monitoring systems (`docs/metrics.md`, `docs/tracing.md`).
extension SettingsTable {
    public static let metricsEnabled = Setting(
        "monitoring.prometheus.enable", false, "Whether `/metrics` on the management port tells metrics to Prometheus.")
    public static let metricsToken = Setting(
        "monitoring.prometheus.token", "", "Bearer token that `/metrics` asks for; empty: it looks at the caller's address."
    ).secret()
    public static let metricsNetworks = Setting(
        "monitoring.prometheus.allowed_networks", ["127.0.0.0/8", "::1/128"],
        "Addresses or networks that may read `/metrics` where it asks for no token.")
    public static let metricsSeries = Setting(
        "monitoring.prometheus.api_limit", 1000,
        "APIs, and upstreams, that have metrics of their own; the others share theirs. 0: all share."
    ).within(0...100_000)

    static let monitoring: [any AnySetting] = [metricsEnabled, metricsToken, metricsNetworks, metricsSeries]
}
