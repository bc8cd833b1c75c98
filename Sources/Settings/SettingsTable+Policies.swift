/// What policies of APIs may use.
extension SettingsTable {
    public static let policyBodyBytes = Setting(
        "apim.policies.max_body_size", 10_485_760,
        "Bytes of a body that is collected for policies, packed or unpacked; longer ones are refused."
    ).within(1_024...1_073_741_824)
    public static let scriptMemory = Setting(
        "apim.policies.script_memory", 16_777_216, "Bytes that the scripts of an API hold on each event loop."
    ).within(262_144...1_073_741_824)
    public static let scriptInstructions = Setting(
        "apim.policies.script_instructions", 1_000_000, "Instructions of one call of a script."
    ).within(1_000...1_000_000_000)
    public static let scriptMilliseconds = Setting(
        "apim.policies.script_time", 25, "Milliseconds of processor time of one call of a script."
    ).within(1...10_000)

    static let policies: [any AnySetting] = [policyBodyBytes, scriptMemory, scriptInstructions, scriptMilliseconds]
}
