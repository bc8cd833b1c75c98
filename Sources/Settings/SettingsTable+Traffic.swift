/// What the gateway does with messages on their way.
extension SettingsTable {
    public static let cacheMegabytes = Setting(
        "apim.response_cache.megabytes", 64, "Memory for answers that are kept for APIs with response caching."
    ).within(0...1_000_000)
    public static let cachedAnswerKilobytes = Setting(
        "apim.response_cache.largest_answer_kilobytes", 1024, "Longest body that is kept."
    ).within(1...1_000_000)

    public static let collapsingMilliseconds = Setting(
        "apim.response_cache.wait_for_equal_request", 5_000,
        "Longest time in milliseconds that a request waits for the answer to an equal one that is under way; 0: none waits."
    ).within(0...600_000)

    public static let checksEndpoints = Setting(
        "apim.endpoint_health_check.enable", false,
        "Whether endpoints are asked regularly whether they are well, if they say nothing of it themselves (`docs/endpoints.md`)."
    )
    public static let healthCheckPath = Setting(
        "apim.endpoint_health_check.path", "/", "What is asked for, where an endpoint names no path."
    ).urlPath()
    public static let healthCheckInterval = Setting(
        "apim.endpoint_health_check.interval", 10_000,
        "Milliseconds from one question to the next, where an endpoint does not say."
    ).within(100...86_400_000)
    public static let healthCheckTimeout = Setting(
        "apim.endpoint_health_check.timeout", 2_000,
        "Milliseconds in which an answer has to come, where an endpoint does not say."
    ).within(1...3_600_000)
    public static let healthCheckFailures = Setting(
        "apim.endpoint_health_check.failures", 3,
        "Failures in a row after which an endpoint gets no calls, where it does not say."
    ).within(1...1_000)
    public static let healthCheckSuccesses = Setting(
        "apim.endpoint_health_check.successes", 2, "Successes in a row after which it gets calls again, where it does not say."
    ).within(1...1_000)

    static let traffic: [any AnySetting] = [
        cacheMegabytes, cachedAnswerKilobytes, collapsingMilliseconds, checksEndpoints, healthCheckPath, healthCheckInterval,
        healthCheckTimeout, healthCheckFailures, healthCheckSuccesses,
    ]
}
