/// What the gateway does with messages on their way.
extension SettingsTable {
    public static let cacheMegabytes = Setting(
        "apim.response_cache.megabytes", 64, "Memory for answers that are kept for APIs with response caching."
    ).within(0...1_000_000)
    public static let cachedAnswerKilobytes = Setting(
        "apim.response_cache.largest_answer_kilobytes", 1024, "Longest body that is kept."
    ).within(1...1_000_000)

    static let traffic: [any AnySetting] = [cacheMegabytes, cachedAnswerKilobytes]
}
