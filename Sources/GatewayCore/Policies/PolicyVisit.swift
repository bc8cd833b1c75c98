import Model

/// A message as a policy sees it: the head as a draft, the body if it was collected, and who calls what.
package struct PolicyVisit {
    package let flow: PolicyFlow
    /// What the pipeline knows of the request.
    package let exchange: Exchange
    /// Milliseconds since 1970.
    package let now: Int64
    /// What the gateway itself says, in the fault flow.
    package var refusal: Refusal?
    let head: RequestHead?
    let pipeline: RequestPipeline

    /// The request on its way to the upstream; nil in the fault flow of a request whose head could not be read.
    package var request: RequestDraft? { exchange.requestDraft ?? head.map { exchange.editRequest($0) } }

    /// The answer on its way to the client; nil in the request flow.
    package var response: ResponseDraft? { exchange.responseDraft }

    /// The body of the flow's message, without its transfer coding; nil if it was not collected.
    package var body: [UInt8]? {
        get { flow == .request ? exchange.requestBody : exchange.responseBody }
        nonmutating set {
            if flow == .request { exchange.requestBody = newValue } else { exchange.responseBody = newValue }
        }
    }
}
