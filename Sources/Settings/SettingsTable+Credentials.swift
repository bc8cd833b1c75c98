/// How the gateway checks credentials.
extension SettingsTable {
    public static let clockTolerance = Setting(
        "oauth.timestamp_skew", 5, "Seconds by which the clocks of token issuers may differ from the gateway's."
    ).within(0...3_600)
    public static let bindsTokens = Setting(
        "apim.oauth_config.enable_certificate_bound_access_token", false,
        "Whether a token that names a certificate (RFC 8705) needs that client certificate.")
    public static let enforcesTokenType = Setting(
        "apim.token.validation.enforce_type_header_validation", false,
        "Whether access tokens need the header `typ: at+jwt`, so that id tokens are refused.")
    public static let clientCertificateRequest = Setting(
        "keystore.listener_profile.ssl_verify_client", "optional",
        "`optional` asks the gateway's HTTPS clients for a certificate, which they need not have; `none` does not ask."
    ).oneOf("optional", "none")
    public static let certificateHeader = Setting(
        "apimgt.mutual_ssl.certificate_header", "X-WSO2-CLIENT-CERTIFICATE",
        "Header in which a proxy hands on its client's certificate."
    ).token()
    public static let validatesForwarders = Setting(
        "apimgt.mutual_ssl.enable_client_validation", true,
        "Whether that header counts only from proxies that show a trusted certificate themselves; else from all trusted proxies."
    )
    public static let forwarderCertificates = Setting(
        "apimgt.mutual_ssl.trusted_certificate_file", "",
        "PEM file with the certificates of those proxies, or of their authorities; empty: no proxy is believed.")
    public static let decodesCertificateHeader = Setting(
        "apimgt.mutual_ssl.client_certificate_encode", false, "Whether the header is percent-encoded, or Base64 of a PEM text.")
    public static let validatesCertificateChains = Setting(
        "apimgt.mutual_ssl.enable_certificate_chain_validation", false,
        "Whether a client certificate also counts that an uploaded one has issued.")

    public static let keySetSeconds = Setting(
        "apim.key_manager.jwks_refresh_interval", 300, "Seconds after which the keys of other key managers are fetched again."
    ).within(10...86_400)

    public static let introspectionSeconds = Setting(
        "apim.key_manager.introspection_timeout", 5, "Seconds that another key manager may take to say whether a token is good."
    ).within(1...9)
    public static let introspectionFailures = Setting(
        "apim.key_manager.introspection_failures", 3,
        "Questions in a row without an answer, after which a key manager is not asked for a while."
    ).within(1...1_000_000)
    public static let introspectionPause = Setting(
        "apim.key_manager.introspection_pause", 5, "Seconds after which it is tried again, with one question."
    ).within(1...3_600)

    public static let introspectionCacheEnabled = Setting(
        "apim.cache.gateway_token.enable", true, "Whether gateways remember what a key manager said about a token.")
    public static let introspectionCacheTime = Setting(
        "apim.cache.gateway_token.expiry_time", "900s", "How long at most, as `900s`, `15m` or `1h`."
    ).duration()

    public static let signsAPIKeys = Setting(
        "apim.devportal.enable_legacy_api_keys", true,
        "Whether API keys of applications that are made without a name are signed ones, which are stored nowhere.")

    static let credentials: [any AnySetting] = [
        clockTolerance, bindsTokens, enforcesTokenType, clientCertificateRequest, certificateHeader, validatesForwarders,
        forwarderCertificates, decodesCertificateHeader, validatesCertificateChains, keySetSeconds, introspectionSeconds,
        introspectionFailures, introspectionPause, introspectionCacheEnabled, introspectionCacheTime, signsAPIKeys,
    ]
}
