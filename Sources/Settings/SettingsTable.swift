/// Every key that the platform knows. `docs/configuration.md` is made of this table.
public enum SettingsTable {
    public static let hostname = Setting(
        "server.hostname", "localhost", "Host name in issued URLs and in the generated certificate.")
    public static let offset = Setting("server.offset", 0, "Added to every port.").within(0...50_000)

    public static let administratorName = Setting("super_admin.username", "admin", "Name of the first administrator.")
    public static let administratorPassword = Setting(
        "super_admin.password", "", "The first administrator's password; used only when the account is created."
    ).secret()
    public static let createsAdministrator = Setting(
        "super_admin.create_admin_account", true, "Whether the first start creates the administrator.")

    public static let databaseType = Setting(
        "database.apim_db.type", "sqlite", "`sqlite` keeps everything in the data directory; `postgresql` uses a server."
    ).oneOf("sqlite", "postgresql")
    public static let databaseURL = Setting(
        "database.apim_db.url", "", "PostgreSQL: connection string, `postgresql://host:port/database?sslmode=…`.")
    public static let databaseUsername = Setting("database.apim_db.username", "", "PostgreSQL: user name.")
    public static let databasePassword = Setting("database.apim_db.password", "", "PostgreSQL: password.").secret()
    public static let databaseConnections = Setting(
        "database.apim_db.pool_options.maxActive", 10, "PostgreSQL: connections of this node."
    ).within(2...200)

    public static let vaultKey = Setting(
        "encryption.key", "", "Key that seals stored secrets, 32 bytes in Base64; empty: a file in the data directory."
    ).secret()

    public static let managementPort = Setting(
        "transport.https.properties.port", 9443, "HTTPS port of the REST APIs, OAuth2 and the portals."
    ).within(1...65_535)
    public static let managementBodyLimit = Setting(
        "transport.https.properties.maxPostSize", 16_777_216, "Largest body of a management request in bytes; more is a 413."
    ).within(1024...1_073_741_824)
    public static let gatewayHTTPPort = Setting(
        "transport.passthru_http.listener.parameters.port", 8280, "HTTP port of the gateway."
    ).within(1...65_535)
    public static let gatewayHTTPSPort = Setting(
        "transport.passthru_https.listener.parameters.port", 8243, "HTTPS port of the gateway."
    ).within(1...65_535)
    public static let gatewayLoops = Setting(
        "transport.passthru_http.event_loops", 0, "Event loops of the gateway; 0: one a core."
    ).within(0...256)
    public static let gatewayTransport = Setting(
        "transport.passthru_http.transport", "epoll",
        "What carries plain HTTP: `epoll` (Linux, the least CPU a request) or `nio`, as for HTTPS."
    ).oneOf("epoll", "nio")
    public static let trustedProxies = Setting(
        "transport.trusted_proxies", ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"],
        "Peers whose X-Forwarded-For is believed, as addresses or networks.")

    public static let tlsCertificate = Setting(
        "keystore.tls.certificate_file", "",
        "PEM file with the certificate chain; empty: a generated one in the data directory.")
    public static let tlsKey = Setting("keystore.tls.key_file", "", "PEM file with the certificate's private key.")

    public static let corsEnabled = Setting("apim.cors.enable", true, "Whether the gateway answers pre-flight requests.")
    public static let corsOrigins = Setting("apim.cors.allow_origins", ["*"], "Origins allowed by default.")
    public static let corsMethods = Setting(
        "apim.cors.allow_methods", ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"], "Methods allowed by default.")
    public static let corsHeaders = Setting(
        "apim.cors.allow_headers",
        ["authorization", "Access-Control-Allow-Origin", "Content-Type", "SOAPAction", "apikey", "Internal-Key"],
        "Request headers allowed by default.")
    public static let corsCredentials = Setting(
        "apim.cors.allow_credentials", false, "Whether credentials are allowed by default.")

    public static let authorizationHeader = Setting(
        "apim.oauth_config.auth_header", "Authorization", "Header that carries access tokens, unless an API names another.")
    public static let keepsAuthorization = Setting(
        "apim.oauth_config.enable_outbound_auth_header", false, "Whether the token header is forwarded to the upstream.")
    public static let allowedScopes = Setting(
        "apim.oauth_config.allowed_scopes", ["^device_.*", "openid"],
        "Scopes that are granted without a look at roles, as regular expressions for whole scopes.")
    public static let applicationTokenSeconds = Setting(
        "oauth.token_validation.app_access_token_validity", 3600, "Life of client-credentials tokens in seconds."
    ).within(1...315_360_000)
    public static let userTokenSeconds = Setting(
        "oauth.token_validation.user_access_token_validity", 3600, "Life of user tokens in seconds."
    ).within(1...315_360_000)
    public static let refreshTokenSeconds = Setting(
        "oauth.token_validation.refresh_token_validity", 86_400, "Life of refresh tokens in seconds."
    ).within(1...315_360_000)

    public static let unlimitedTier = Setting(
        "apim.throttling.enable_unlimited_tier", true,
        "Whether plans and policies named Unlimited can be chosen; applications and subscriptions that have one keep it.")

    public static let anonymousDevPortal = Setting(
        "apim.devportal.enable_anonymous_mode", true, "Whether published APIs can be listed without signing in.")

    public static let analyticsEnabled = Setting(
        "apim.analytics.enable", true, "Whether the gateway writes one event a request.")
    public static let fetchAllowedNetworks = Setting(
        "apim.outgoing.fetch_allowed_networks", [String](),
        "Private addresses or networks from which definitions may be imported; by default none.")
    public static let logLevel = Setting("log.level", "info", "What the platform log holds.")
        .oneOf("trace", "debug", "info", "notice", "warning", "error", "critical")

    public static let all: [any AnySetting] =
        general + credentials + backendTokens + egress + policies + throttling + logFiles + gateways + shutdown
        + monitoring + tracing + traffic

    private static let general: [any AnySetting] = [
        hostname, offset, administratorName, administratorPassword, createsAdministrator, databaseType, databaseURL,
        databaseUsername, databasePassword, databaseConnections, vaultKey, managementPort, managementBodyLimit, gatewayHTTPPort,
        gatewayHTTPSPort, gatewayLoops, gatewayTransport, trustedProxies, tlsCertificate, tlsKey, corsEnabled, corsOrigins,
        corsMethods,
        corsHeaders,
        corsCredentials, authorizationHeader, keepsAuthorization, allowedScopes, applicationTokenSeconds, userTokenSeconds,
        refreshTokenSeconds, unlimitedTier, anonymousDevPortal, analyticsEnabled, fetchAllowedNetworks, logLevel,
    ]
}
