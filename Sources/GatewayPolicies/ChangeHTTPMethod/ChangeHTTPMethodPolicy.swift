import GatewayCore

/// `changeHTTPMethod`: another method towards the backend.
struct ChangeHTTPMethodPolicy: FlowPolicy {
    private static let methods: Set<String> = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    private let method: String

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        method = try parameters.required("httpMethod").uppercased()
        guard Self.methods.contains(method) else { throw PolicyProblem("httpMethod names no known method") }
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        visit.request?.setMethod(method)
        return .next
    }
}
