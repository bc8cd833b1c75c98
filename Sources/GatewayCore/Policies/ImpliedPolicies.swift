import Model

/// Policies of an operation that follow from what its API is, not from what its publisher attached: the check of messages against the API's
/// definition, and answers of the gateway's own.
public struct ImpliedPolicies: Sendable {
    /// Sees requests before all policies of the API.
    var first: (any FlowPolicy)?
    /// Sees requests after all others.
    var last: (any FlowPolicy)?
    /// Sees answers before all policies of the API.
    var response: (any FlowPolicy)?

    package init(first: (any FlowPolicy)? = nil, last: (any FlowPolicy)? = nil, response: (any FlowPolicy)? = nil) {
        self.first = first
        self.last = last
        self.response = response
    }
}

extension FlowPolicySource {
    /// Refuses requests to what cannot be served without such policies.
    public func implied(by api: GatewayAPI) -> (GatewayOperation) -> ImpliedPolicies {
        { operation in
            guard api.validatedDefinition != nil || operation.mock != nil else { return ImpliedPolicies() }
            let use = GatewayPolicyUse(name: operation.mock == nil ? "schema validation" : "mock", version: "")
            return ImpliedPolicies(first: UnusablePolicy(use, reason: "this gateway does not know it"))
        }
    }
}
