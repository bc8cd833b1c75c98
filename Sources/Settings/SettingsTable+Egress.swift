/// How the gateway calls back ends, and the platform other servers (`docs/egress.md`, `docs/endpoint-security.md`).
extension SettingsTable {
    public static let proxyEnabled = Setting(
        "apim.proxy_config.enable", false, "Whether other servers are called through an HTTP proxy.")
    public static let proxyHost = Setting("apim.proxy_config.host", "", "Host name or address of the proxy.")
    public static let proxyPort = Setting("apim.proxy_config.port", 8080, "Port of the proxy.").within(1...65_535)
    public static let proxyProtocol = Setting(
        "apim.proxy_config.protocol", "http", "What is spoken with the proxy itself."
    ).oneOf("http")
    public static let proxyUsername = Setting("apim.proxy_config.username", "", "Name that the proxy asks for; empty for none.")
    public static let proxyPassword = Setting("apim.proxy_config.password", "", "Password that the proxy asks for.").secret()
    public static let directHosts = Setting(
        "apim.proxy_config.nonProxyHosts", ["localhost", "127.*", "[::1]"],
        "Hosts that are called directly; `*` stands for any characters.")
    public static let proxiedHosts = Setting(
        "apim.proxy_config.targetProxyHosts", [String](), "Hosts that are called through the proxy; empty for all others.")

    public static let hostnameVerifier = Setting(
        "transport.passthru_https.sender.parameters.HostnameVerifier", "DefaultAndLocalhost",
        "Whether a back end's certificate must name its host: `Strict`; `DefaultAndLocalhost` on other machines only; `AllowAll` not."
    ).oneOf("DefaultAndLocalhost", "Strict", "AllowAll")
    public static let backendIdentities = Setting(
        "transport.passthru_https.sender.profile", BackendIdentities(),
        "Tables with `server` (`host:port`), `certificate_file` and `key_file` (PEM): what the gateway shows to that back end.")

    public static let repeatsWithNewToken = Setting(
        "apim.mediator_config.oauth.enable_retry_call_with_new_token", true,
        "Whether a call that a back end refuses with 401 goes there once more with a new token.")
    public static let endpointTokenSeconds = Setting(
        "apim.mediator_config.oauth.expires_in", 3_600, "Life of back ends' tokens in seconds, where their issuer does not say."
    ).within(1...31_536_000)
    public static let repeatedBodyBytes = Setting(
        "apim.endpoint_security.repeated_body_size", 1_048_576,
        "Longest body in bytes that is kept so that a call can be repeated with another credential."
    ).within(0...104_857_600)

    public static let functionsAddress = Setting(
        "apim.aws.lambda_endpoint", "https://lambda.{region}.amazonaws.com", "Where functions of AWS Lambda are called.")
    public static let rolesAddress = Setting(
        "apim.aws.sts_endpoint", "https://sts.{region}.amazonaws.com", "Where roles of AWS are taken on.")
    public static let machineAddress = Setting(
        "apim.aws.metadata_endpoint", "http://169.254.169.254", "What tells a machine of AWS its role and region.")

    static let egress: [any AnySetting] = [
        proxyEnabled, proxyHost, proxyPort, proxyProtocol, proxyUsername, proxyPassword, directHosts, proxiedHosts,
        hostnameVerifier, backendIdentities, repeatsWithNewToken, endpointTokenSeconds, repeatedBodyBytes, functionsAddress,
        rolesAddress, machineAddress,
    ]
}
