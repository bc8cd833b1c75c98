import GatewayCore

/// `preserveAcceptHeader`: keeps the value of `Accept` for `applyAcceptHeader`, and takes the field out of the request, so that the backend
/// chooses the form of its answer.
struct PreserveAcceptHeaderPolicy: FlowPolicy {
    /// The note under which the value is kept.
    static let note = "Accept"

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let accept = visit.request?.value(of: .accept) else { return .next }
        visit.exchange.policyNotes[Self.note] = accept
        visit.request?.remove(.accept)
        return .next
    }
}
