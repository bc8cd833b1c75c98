import CLuaSandbox

/// Bounds of one call of a script (`docs/custom-policies.md`).
public struct ScriptLimits: Sendable {
    /// Bytes of everything that the scripts of a sandbox hold.
    public var memory = 16 * 1024 * 1024
    /// Instructions; what library functions do counts as well.
    public var instructions: UInt64 = 1_000_000
    /// Nanoseconds of processor time.
    public var processorTime: Int64 = 25_000_000
    /// Steps of one pattern match.
    public var patternSteps: UInt64 = 500_000
    /// Bytes of a text that patterns are applied to.
    public var patternSubject = 1024 * 1024

    public init() {}

    var form: sandbox_limits {
        sandbox_limits(
            memory: memory, instructions: instructions, processor_time: processorTime, pattern_steps: patternSteps,
            subject: patternSubject)
    }
}
