import GatewayCore

/// `jsonValidator`: refuses JSON that is malformed or larger in one of its dimensions than a backend should have to bear.
struct JSONThreatPolicy: FlowPolicy {
    let needsBody = true
    private let bounds: JSONBounds
    private let limits: PolicyLimits

    init(_ parameters: PolicyParameters, limits: PolicyLimits) throws(PolicyProblem) {
        bounds = JSONBounds(
            properties: try parameters.integer("maxPropertyCount", default: 100),
            stringLength: try parameters.integer("maxStringLength", default: 100),
            elements: try parameters.integer("maxArrayElementCount", default: 100),
            keyLength: try parameters.integer("maxKeyLength", default: 100),
            depth: try parameters.integer("maxJsonDepth", default: 100))
        self.limits = limits
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard visit.mediaType.isJSON, visit.body?.isEmpty == false else { return .next }
        let bounds = bounds
        return visit.withContent(limits, work: { bounds.violation(in: $0) }) { violation in
            guard let violation else { return .next }
            return .refused(
                .threat("Request is failed due to JSON schema validation failure:  \(violation)"))
        }
    }
}

extension Refusal {
    /// A message that a backend must not see.
    static func threat(_ description: String) -> Refusal {
        Refusal(code: 400, status: 400, message: "Bad Request", description: description)
    }
}
