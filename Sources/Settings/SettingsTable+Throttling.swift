/// Keys of rate limiting (`docs/rate-limiting.md`).
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

    static let throttling: [any AnySetting] = [headerConditions, claimConditions, queryConditions, rateLimitFields]
}
