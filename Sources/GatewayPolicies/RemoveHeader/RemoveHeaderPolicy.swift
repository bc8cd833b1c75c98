import GatewayCore

/// `removeHeader`: takes all header fields of a name out of the message.
struct RemoveHeaderPolicy: FlowPolicy {
    private let name: FieldName

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        guard let name = FieldName(try parameters.required("headerName")) else {
            throw PolicyProblem("headerName is no name of a header field")
        }
        self.name = name
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        visit.remove(name)
        return .next
    }
}
