import Model

/// Makes policies out of what is attached to APIs. Implemented by who knows the policies, and given to the ``SnapshotBuilder``.
public protocol FlowPolicySource: Sendable {
    /// What makes the policies of one API, ready to run; those that the gateway does not know, or whose parameters make no sense, refuse every
    /// request. Policies of one maker may share what they keep on a loop, those of different ones do not.
    func maker() -> (GatewayPolicyUse) -> AnyFlowPolicy

    /// What makes the policies of an API's operations that nobody attached.
    func implied(by api: GatewayAPI) -> (GatewayOperation) -> ImpliedPolicies
}

/// A policy whose kind the caller need not know.
public struct AnyFlowPolicy: Sendable {
    let policy: any FlowPolicy

    package init(_ policy: any FlowPolicy) { self.policy = policy }
}

/// Knows no policy: an API that relies on one must not be served without it.
public struct NoPolicies: FlowPolicySource {
    public init() {}

    public func maker() -> (GatewayPolicyUse) -> AnyFlowPolicy {
        { AnyFlowPolicy(UnusablePolicy($0, reason: "this gateway runs no policies")) }
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

    /// Policies for all APIs.
    func compile(_ flows: GatewayPolicyFlows) -> CompiledFlows? {
        let maker = source.maker()
        return CompiledFlows(
            request: flows.request.map { maker($0).policy }, response: flows.response.map { maker($0).policy },
            fault: flows.fault.map { maker($0).policy })
    }

    /// A function that makes the flows of an API's operations; the API's own policies are made once.
    func compiler(for api: GatewayAPI) -> (GatewayOperation) -> CompiledFlows? {
        let outer = api.policies
        let maker = source.maker()
        func make(_ uses: [GatewayPolicyUse]?) -> [any FlowPolicy] { (uses ?? []).map { maker($0).policy } }
        func list(_ policy: (any FlowPolicy)?) -> [any FlowPolicy] { policy.map { [$0] } ?? [] }
        let shared = (request: make(outer?.request), response: make(outer?.response), fault: make(outer?.fault))
        let implied = source.implied(by: api)
        return { operation in
            let own = implied(operation)
            return CompiledFlows(
                request: list(own.first) + shared.request + make(operation.policies?.request) + list(own.last),
                response: list(own.response) + shared.response + make(operation.policies?.response),
                fault: shared.fault + make(operation.policies?.fault))
        }
    }
}
