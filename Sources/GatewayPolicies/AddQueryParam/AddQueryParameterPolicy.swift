import GatewayCore

/// `addQueryParam`: appends a parameter to the query towards the backend.
struct AddQueryParameterPolicy: FlowPolicy {
    /// `key=value`, percent-encoded.
    private let parameter: [UInt8]

    init(_ parameters: PolicyParameters) throws(PolicyProblem) {
        let key = QueryCoding.encoded(try parameters.required("paramKey"))
        let value = QueryCoding.encoded(try parameters.required("paramValue"))
        parameter = Array("\(key)=\(value)".utf8)
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        guard let draft = visit.request else { return .next }
        let query = visit.exchange.upstreamQuery(draft).flatMap { $0.isEmpty ? nil : $0 + Array("&".utf8) } ?? []
        visit.exchange.setUpstreamTarget(path: visit.exchange.upstreamPath(draft), query: query + parameter, draft)
        return .next
    }
}
