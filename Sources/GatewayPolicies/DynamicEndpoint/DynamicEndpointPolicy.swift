import GatewayCore
import OutgoingHTTP

/// `setToHeader`: sends the request to another address than the API's endpoints.
struct DynamicEndpointPolicy: FlowPolicy {
    private let url: String
    private let addresses: AddressPolicy

    init(_ parameters: PolicyParameters, _ services: PolicyServices) throws(PolicyProblem) {
        url = try parameters.required("value")
        addresses = services.endpointAddresses
        guard let parsed = OutgoingURL(url), parsed.scheme == "http" || parsed.scheme == "https",
            services.endpointAddresses.allows(literalHost: parsed.host)
        else { throw PolicyProblem("value is no http or https URL that may be an endpoint") }
    }

    func apply(to visit: PolicyVisit) -> StageOutcome {
        visit.redirect(to: url, within: addresses) ? .next : .refused(.unusableEndpoint)
    }
}

extension Refusal {
    /// A policy names an address that cannot be called.
    static let unusableEndpoint = Refusal(
        code: 101_503, status: 500, message: "Runtime Error",
        description: "A policy sends the request to an address that cannot be an endpoint", shape: .fault)
}
