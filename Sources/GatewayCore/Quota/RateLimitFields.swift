/// Writes the fields `RateLimit-Policy` and `RateLimit` of one answer after another. Belongs to one event loop and keeps its memory.
///
/// Most requests of a loop count on the same few quotas one after the other, so the line with the policies is kept from answer to
/// answer.
struct RateLimitFields {
    private struct Entry {
        let label: QuotaLabel
        let remaining: Int64
        let seconds: Int64
    }

    private var entries: [Entry] = []
    /// The quotas of ``policyLine``.
    private var labels: [QuotaLabel] = []
    private var policyLine: [UInt8] = []

    init() {
        entries.reserveCapacity(8)
        labels.reserveCapacity(8)
    }

    /// Forgets the answer before.
    mutating func begin() { entries.removeAll(keepingCapacity: true) }

    /// Adds a quota that the request was counted on, or that refused it.
    ///
    /// - Parameters:
    ///   - remaining: what the window still admits.
    ///   - milliseconds: time until the window ends.
    mutating func append(_ label: QuotaLabel, remaining: Int64, endsIn milliseconds: Int64) {
        entries.append(Entry(label: label, remaining: remaining, seconds: (milliseconds + 999) / 1000))
    }

    /// Appends both header lines, or nothing if the request was counted nowhere.
    mutating func appendLines(to output: inout [UInt8]) {
        guard !entries.isEmpty else { return }
        if !hasSameLabels { rewritePolicyLine() }
        output += policyLine
        output += Self.stateField
        var isFirst = true
        for entry in entries {
            if !isFirst { output += Self.separator }
            isFirst = false
            output += entry.label.remainingName
            Self.append(entry.remaining, to: &output)
            output += Self.timeName
            Self.append(entry.seconds, to: &output)
        }
        output += Self.lineEnd
    }

    private var hasSameLabels: Bool {
        guard labels.count == entries.count else { return false }
        for index in labels.indices where labels[index] !== entries[index].label { return false }
        return true
    }

    private mutating func rewritePolicyLine() {
        labels.removeAll(keepingCapacity: true)
        policyLine.removeAll(keepingCapacity: true)
        policyLine += Self.policyField
        for entry in entries {
            if !labels.isEmpty { policyLine += Self.separator }
            labels.append(entry.label)
            policyLine += entry.label.policy
        }
        policyLine += Self.lineEnd
    }

    /// At most 15 digits, as structured fields have (RFC 9651 §3.3.1).
    private static func append(_ number: Int64, to output: inout [UInt8]) {
        let number = min(max(0, number), 999_999_999_999_999)
        guard number >= 10 else { return output.append(0x30 + UInt8(truncatingIfNeeded: number)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
            var rest = number
            var start = 16
            while rest > 0 {
                start -= 1
                digits[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    private static let separator = Array(", ".utf8)
    private static let timeName = Array(";t=".utf8)
    private static let policyField = Array("RateLimit-Policy: ".utf8)
    private static let stateField = Array("RateLimit: ".utf8)
    private static let lineEnd = Array("\r\n".utf8)
}
