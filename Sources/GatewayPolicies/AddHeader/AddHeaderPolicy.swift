import GatewayCore

/// `addHeader`: gives the message a header field, in place of those of the same name.
struct AddHeaderPolicy: FlowPolicy {
    private let name: FieldName
    private let value: [UInt8]

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        guard let name = FieldName(try parameters.required("headerName")) else {
            throw PolicyProblem("headerName is no name of a header field")
        }
        self.name = name
        value = Array(try parameters.required("headerValue").utf8)
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        visit.set(name, to: value)
        return .next
    }
}
