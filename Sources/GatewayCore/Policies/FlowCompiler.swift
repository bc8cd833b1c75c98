import Model

/// Makes policies out of what is attached to APIs. Implemented by who knows the policies, and given to the ``SnapshotBuilder``.
public protocol FlowPolicySource: Sendable {
    /// The policy, ready to run; one that refuses every request if the gateway does not know it or its parameters make no sense.
    func makePolicy(_ use: GatewayPolicyUse, for api: GatewayAPI) -> AnyFlowPolicy
}

/// A policy whose kind the caller need not know.
public struct AnyFlowPolicy: Sendable {
    let policy: any FlowPolicy

    package init(_ policy: any FlowPolicy) { self.policy = policy }
}

/// Knows no policy: an API that relies on one must not be served without it.
public struct NoPolicies: FlowPolicySource {
    public init() {}

    public func makePolicy(_ use: GatewayPolicyUse, for api: GatewayAPI) -> AnyFlowPolicy {
        AnyFlowPolicy(UnusablePolicy(use, reason: "this gateway runs no policies"))
    }
}

/// Stands for a policy that cannot run, and refuses in its place.
package struct UnusablePolicy: FlowPolicy {
    private let refusal: Refusal

    package init(_ use: GatewayPolicyUse, reason: String) {
        refusal = Refusal(
            code: 500, status: 500, message: "Runtime Error",
            description: "The policy \(use.name) \(use.version) cannot run: \(reason)", shape: .fault)
    }

    package func apply(to visit: PolicyVisit) -> StageOutcome { .refused(refusal) }
}

/// Puts the policies of API and operation in order.
struct FlowCompiler: Sendable {
    let source: any FlowPolicySource

    /// A function that makes the flows of an API's operations; the API's own policies are made once.
    func compiler(for api: GatewayAPI) -> (GatewayOperation) -> CompiledFlows? {
        let outer = api.policies
        func make(_ uses: [GatewayPolicyUse]?) -> [any FlowPolicy] {
            (uses ?? []).map { source.makePolicy($0, for: api).policy }
        }
        let shared = (request: make(outer?.request), response: make(outer?.response), fault: make(outer?.fault))
        return { operation in
            CompiledFlows(
                request: shared.request + make(operation.policies?.request),
                response: shared.response + make(operation.policies?.response),
                fault: shared.fault + make(operation.policies?.fault))
        }
    }
}
