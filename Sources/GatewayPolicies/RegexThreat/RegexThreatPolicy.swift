import GatewayCore
import RegularExpressions

/// `regexPolicy`: refuses requests whose path, query, header fields or body look like an attempt to inject SQL.
struct RegexThreatPolicy: FlowPolicy {
    let needsBody = true
    private let pattern: RegularExpression
    private let limits: PolicyLimits

    private static let statements = [
        #"'"#, #"\balter\s+(table|view|database)\b"#, #"\bcreate\s+(database|procedure|schema|table|view)\b"#,
        #"\bdrop\s+(database|procedure|schema|table|view)\b"#, #"\bdelete\s+from\b"#, #"\btruncate\s+table\b"#,
        #"\binsert\s+into\b"#, #"\bselect\b[^;]{0,500}?\bfrom\b"#,
    ]

    init(limits: PolicyLimits) throws(PolicyProblem) {
        pattern = try PolicyParameters.expression(Self.statements.joined(separator: "|"), .caseless)
        self.limits = limits
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let draft = visit.request else { return .next }
        let path = visit.exchange.upstreamPath(draft)
        let query = visit.exchange.upstreamQuery(draft) ?? []
        if isThreat(QueryCoding.decoded(path[...])) { return refusal("URL") }
        if isThreat(QueryCoding.decoded(query[...])) { return refusal("Query Parameters") }
        if draft.fields.contains(where: { isThreat($0.value) }) { return refusal("Headers") }
        guard visit.body?.isEmpty == false else { return .next }
        let pattern = pattern
        return visit.withContent(limits, work: { bytes in bytes.withUnsafeBytes { pattern.match($0) } != .differs }) {
            $0 ? refusal("Payload") : .next
        }
    }

    /// What cannot be decided within bounds is taken for a threat.
    private func isThreat(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { pattern.match($0) } != .differs }

    private func refusal(_ place: String) -> StageOutcome { .refused(.threat("SQL-Injection Threat detected in \(place)")) }
}
