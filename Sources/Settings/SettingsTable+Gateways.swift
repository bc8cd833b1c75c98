/// What a node does, and how gateways and control planes find each other (`docs/gateways.md`).
extension SettingsTable {
    public static let serverRole = Setting(
        "server.server_role", "default",
        "What this node does: `default` everything, `control-plane` all but API traffic, `gateway-worker` API traffic only."
    ).oneOf("default", "control-plane", "gateway-worker")

    public static let gatewayLabels = Setting(
        "apim.sync_runtime_artifacts.gateway.gateway_labels", ["Default"],
        "Gateway environments whose APIs this gateway serves.")
    public static let tenantLoading = Setting(
        "apim.sync_runtime_artifacts.tenant_loading.enable", false,
        "Whether a `gateway-worker` loads the listed tenants only.")
    public static let loadedTenants = Setting(
        "apim.sync_runtime_artifacts.tenant_loading.tenants", ["*"], "Domains of the tenants to load; `*` loads all.")
    public static let controlPlaneURL = Setting(
        "apim.event_hub.service_url", "", "`gateway-worker`: address of the control plane, `https://host:9443`.")
    public static let controlPlaneToken = Setting(
        "apim.event_hub.token", "", "`gateway-worker`: the gateway token with which it reads the feed."
    ).secret()
    public static let controlPlaneCertificate = Setting(
        "apim.event_hub.certificate_file", "",
        "`gateway-worker`: PEM file with the certificate to trust, where the system does not know the control plane's.")
    public static let retainedChanges = Setting(
        "apim.event_hub.retained_changes", 10_000,
        "Changes that are kept for gateways that come back; one that is further behind gets everything anew."
    ).within(1...10_000_000)
    public static let gatewayID = Setting(
        "apim.gateway_notification.gateway_id", "",
        "Name of this gateway in lists; empty: a random one, kept in the data directory.")
    public static let heartbeatSeconds = Setting(
        "apim.gateway_notification.heartbeat.notify_interval", 30, "Seconds between two signs of life of a gateway."
    ).within(1...3600)
    public static let gatewayExpirySeconds = Setting(
        "apim.gateway_notification.cleanup.expiry_time", 120, "Seconds of silence after which a gateway counts as expired."
    ).within(1...86_400)
    public static let gatewayRetentionSeconds = Setting(
        "apim.gateway_notification.cleanup.data_retention_period", 2_629_800,
        "Seconds of silence after which a gateway is forgotten."
    ).within(60...315_360_000)

    public static let decisionsKept = Setting(
        "apim.decision_records.kept", 2_000,
        "Records of refused and traced requests that each event loop of a gateway remembers; 0: none (`docs/troubleshooting.md`)."
    ).within(0...1_000_000)

    static let gateways: [any AnySetting] = [
        serverRole, gatewayLabels, tenantLoading, loadedTenants, controlPlaneURL, controlPlaneToken, controlPlaneCertificate,
        retainedChanges, gatewayID, heartbeatSeconds, gatewayExpirySeconds, gatewayRetentionSeconds,
        decisionsKept,
    ]
}
