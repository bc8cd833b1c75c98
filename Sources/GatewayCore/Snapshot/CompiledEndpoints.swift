import Model

/// An upstream with its state and rules.
final class CompiledEndpoint: Sendable {
    let upstream: Upstream
    let state = EndpointState()
    let rules: EndpointFaultRules

    init(upstream: Upstream, rules: EndpointFaultRules) {
        self.upstream = upstream
        self.rules = rules
    }
}

/// The endpoints of one key type.
final class CompiledEndpointGroup: Sendable {
    let strategy: GatewayEndpointGroup.Strategy
    /// At least one.
    let endpoints: [CompiledEndpoint]

    init(strategy: GatewayEndpointGroup.Strategy, endpoints: [CompiledEndpoint]) {
        self.strategy = strategy
        self.endpoints = endpoints
    }

    /// The index of the endpoint to use, or `nil` if all are suspended.
    ///
    /// - Parameters:
    ///   - turn: a number that grows with each request of the loop, for taking turns.
    ///   - excluded: an index that has just failed for this request, or -1.
    func choose(turn: Int, excluding excluded: Int32, nowMilliseconds: Int64) -> Int32? {
        let first = strategy == .roundRobin ? turn % endpoints.count : 0
        for offset in 0..<endpoints.count {
            let index = (first + offset) % endpoints.count
            if index != Int(excluded), endpoints[index].state.isReady(nowMilliseconds: nowMilliseconds) { return Int32(index) }
        }
        return nil
    }
}
