/// Writes the fields `RateLimit-Policy` and `RateLimit` of one answer after another. Belongs to one event loop and keeps its memory.
final class RateLimitFields {
    private let policies = OutputBuffer(capacity: 256)
    private let states = OutputBuffer(capacity: 256)

    /// Forgets the answer before.
    func begin() {
        policies.removeAll()
        states.removeAll()
    }

    /// Adds a quota that the request was counted on, or that refused it.
    ///
    /// - Parameters:
    ///   - remaining: what the window still admits.
    ///   - milliseconds: time until the window ends.
    func append(_ label: QuotaLabel, remaining: Int64, endsIn milliseconds: Int64) {
        policies.append(policies.isEmpty ? "RateLimit-Policy: " : ", ")
        policies.append(label.policy)
        states.append(states.isEmpty ? "RateLimit: " : ", ")
        states.append(label.name)
        states.append(";r=")
        states.append(decimal: max(0, remaining))
        states.append(";t=")
        states.append(decimal: max(0, (milliseconds + 999) / 1000))
    }

    /// Appends both header lines, or nothing if the request was counted nowhere.
    func appendLines(to output: OutputBuffer) {
        guard !policies.isEmpty else { return }
        policies.append("\r\n")
        states.append("\r\n")
        output.append(policies.bytes)
        output.append(states.bytes)
    }
}
