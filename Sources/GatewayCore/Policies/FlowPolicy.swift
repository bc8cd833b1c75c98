/// A policy as attached to an API or an operation, with its parameters, ready to run. Shared by all loops, so it keeps no state of requests.
package protocol FlowPolicy: Sendable {
    /// Whether the message's body has to be there before the policy runs; then it is collected.
    var needsBody: Bool { get }

    /// Whether that is so for this message, for policies that can tell by its head; the same as ``needsBody`` for others.
    func needsBody(of visit: PolicyVisit) -> Bool

    /// Sees and changes the message. Runs on the event loop: what takes longer than a few microseconds is an ``Errand``, whose `resume`
    /// answers `.next`.
    ///
    /// In the fault flow the message is the gateway's own answer and only `.next` has an effect.
    func apply(to visit: PolicyVisit) -> StageOutcome
}

extension FlowPolicy {
    package var needsBody: Bool { false }
    package func needsBody(of visit: PolicyVisit) -> Bool { needsBody }
}

/// The way of a message on which policies are.
package enum PolicyFlow: String, Sendable, CaseIterable { case request, response, fault }

/// The policies of an operation, those of its API before its own.
struct CompiledFlows: Sendable {
    let request: [any FlowPolicy]
    let response: [any FlowPolicy]
    let fault: [any FlowPolicy]
    /// Whether policies read answers, which then must come in a content coding that they know.
    let readsAnswers: Bool

    /// `nil` if there are none, so that requests pass by without looking.
    init?(request: [any FlowPolicy], response: [any FlowPolicy], fault: [any FlowPolicy]) {
        if request.isEmpty, response.isEmpty, fault.isEmpty { return nil }
        self.request = request
        self.response = response
        self.fault = fault
        readsAnswers = response.contains { $0.needsBody }
    }
}
