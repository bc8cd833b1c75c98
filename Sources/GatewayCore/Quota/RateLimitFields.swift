/// Writes the fields `RateLimit-Policy` and `RateLimit` of one answer after another. Belongs to one event loop and keeps its memory.
struct RateLimitFields {
    private var policies: [UInt8] = []
    private var states: [UInt8] = []

    init() {
        policies.reserveCapacity(256)
        states.reserveCapacity(256)
    }

    /// Forgets the answer before.
    mutating func begin() {
        policies.removeAll(keepingCapacity: true)
        states.removeAll(keepingCapacity: true)
    }

    /// Adds a quota that the request was counted on, or that refused it.
    ///
    /// - Parameters:
    ///   - remaining: what the window still admits.
    ///   - milliseconds: time until the window ends.
    mutating func append(_ label: QuotaLabel, remaining: Int64, endsIn milliseconds: Int64) {
        if !policies.isEmpty {
            policies += Self.separator
            states += Self.separator
        }
        policies += label.policy
        states += label.name
        states += Self.remainingName
        Self.append(remaining, to: &states)
        states += Self.timeName
        Self.append((milliseconds + 999) / 1000, to: &states)
    }

    /// Appends both header lines, or nothing if the request was counted nowhere.
    func appendLines(to output: inout [UInt8]) {
        guard !policies.isEmpty else { return }
        output += Self.policyField
        output += policies
        output += Self.lineEnd
        output += Self.stateField
        output += states
        output += Self.lineEnd
    }

    private static func append(_ number: Int64, to output: inout [UInt8]) {
        let number = min(max(0, number), 999_999_999_999_999)
        var divisor: Int64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            output.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }

    private static let separator = Array(", ".utf8)
    private static let remainingName = Array(";r=".utf8)
    private static let timeName = Array(";t=".utf8)
    private static let policyField = Array("RateLimit-Policy: ".utf8)
    private static let stateField = Array("RateLimit: ".utf8)
    private static let lineEnd = Array("\r\n".utf8)
}
