/// Keys of rate limiting (`docs/rate-limiting.md`, `docs/shared-counters.md`).
extension SettingsTable {
    public static let headerConditions = Setting(
        "apim.throttling.enable_header_based_throttling", true, "Whether header conditions of advanced policies count.")
    public static let claimConditions = Setting(
        "apim.throttling.enable_jwt_claim_based_throttling", true, "Whether claim conditions of advanced policies count.")
    public static let queryConditions = Setting(
        "apim.throttling.enable_query_param_based_throttling", true, "Whether query conditions of advanced policies count.")
    public static let rateLimitFields = Setting(
        "apim.throttling.enable_rate_limit_headers", true,
        "Whether answers of the gateway tell quotas in `RateLimit-Policy` and `RateLimit`.")

    public static let redisHost = Setting(
        "apim.redis_config.host", "",
        "Redis or Valkey server through which gateways share their quota counts; empty: each counts alone.")
    public static let redisPort = Setting("apim.redis_config.port", 6379, "Its port.").within(1...65_535)
    public static let redisUser = Setting("apim.redis_config.user", "", "ACL user; empty: the default one.")
    public static let redisPassword = Setting("apim.redis_config.password", "", "The user's password.").secret()
    public static let redisDatabase = Setting("apim.redis_config.database_id", 0, "Number of the database.").within(0...65_535)
    public static let redisTLS = Setting("apim.redis_config.ssl", false, "Whether the connection uses TLS.")
    public static let redisAuthority = Setting(
        "apim.redis_config.ca_certificate_file", "",
        "PEM file with the authority of the server's certificate; empty: those of the system.")
    public static let redisConnectTimeout = Setting(
        "apim.redis_config.connection_timeout", 2000, "Longest wait for a connection in milliseconds."
    ).within(10...60_000)
    public static let redisSocketTimeout = Setting(
        "apim.redis_config.socket_timeout", 2000,
        "Longest wait for an answer in milliseconds; then the connection is made anew."
    ).within(10...60_000)
    public static let redisSentinels = Setting(
        "apim.redis_config.sentinel_addresses", [String](),
        "Sentinels as `host:port`, which know the master; then `host` and `port` are not used.")
    public static let redisCluster = Setting(
        "apim.redis_config.cluster_addresses", [String](),
        "Servers of a Redis Cluster, like `host:6379`, instead of `host`; some are enough.")
    public static let redisMaster = Setting(
        "apim.redis_config.sentinel_master", "mymaster", "The name under which Sentinels watch the master.")
    public static let redisSentinelUser = Setting("apim.redis_config.sentinel_user", "", "ACL user at the Sentinels.")
    public static let redisSentinelPassword = Setting(
        "apim.redis_config.sentinel_password", "", "That user's password."
    ).secret()
    public static let redisKeyPrefix = Setting(
        "apim.redis_config.key_prefix", "martlet:", "Begin of all keys, for a server that others use as well.")
    public static let counterNodeName = Setting(
        "apim.redis_config.gateway_id", "gateway", "Begin of the node's name in the store, for whoever looks into it.")
    public static let sharesCounters = Setting(
        "apim.distributed_throttling.enable", true, "Whether quota counts are shared when a server is configured.")
    public static let counterInterval = Setting(
        "apim.distributed_throttling.sync_interval", 10,
        "Milliseconds that a count may be unknown to other gateways, beside one round trip to the server."
    ).within(1...10_000)

    static let throttling: [any AnySetting] = [
        headerConditions, claimConditions, queryConditions, rateLimitFields, redisHost, redisPort, redisUser, redisPassword,
        redisDatabase, redisTLS, redisAuthority, redisConnectTimeout, redisSocketTimeout, redisSentinels, redisCluster,
        redisMaster,
        redisSentinelUser, redisSentinelPassword, redisKeyPrefix, counterNodeName, sharesCounters, counterInterval,
    ]
}
