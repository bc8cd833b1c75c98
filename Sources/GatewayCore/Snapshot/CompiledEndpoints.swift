import Model

/// An upstream with its state and rules.
final class CompiledEndpoint: Sendable {
    let upstream: Upstream
    let state = EndpointState()
    let rules: EndpointFaultRules
    /// How it is asked whether it is well; `nil`: not at all.
    let healthCheck: GatewayHealthCheck?
    /// The path with its variables; `nil` for one that is the same for all requests.
    let template: EndpointTemplate?
    /// Names the endpoint in cookies.
    let mark: UInt64

    init(
        upstream: Upstream, rules: EndpointFaultRules, healthCheck: GatewayHealthCheck? = nil, template: EndpointTemplate? = nil
    ) {
        self.template = template
        self.healthCheck = healthCheck
        mark = StableHash.of(upstream.url + upstream.query)
        self.upstream = upstream
        self.rules = rules
    }
}

/// The endpoints of one key type.
final class CompiledEndpointGroup: Sendable {
    let strategy: GatewayEndpointGroup.Strategy
    /// At least one, unless policies set the destination of every call.
    let endpoints: [CompiledEndpoint]
    /// The endpoint of a group that has no other.
    let only: CompiledEndpoint?
    /// Whether a request that failed at one endpoint goes on to the next.
    let movesOn: Bool
    /// Keeps clients at their endpoints; `nil`: each request is placed anew.
    let affinity: GatewayAffinity?
    /// Whether any request may go to any endpoint as it is.
    let isPlain: Bool
    /// `nil`: the back ends ask for nothing.
    let security: CompiledEndpointSecurity?
    /// Weighted groups: the indices of the endpoints in the order of their turns, each as often as its weight says.
    private let rounds: [Int32]

    /// - Parameter weights: one for each endpoint.
    init(
        strategy: GatewayEndpointGroup.Strategy, endpoints: [CompiledEndpoint], weights: [Int] = [], movesOn: Bool = true,
        affinity: GatewayAffinity? = nil, security: CompiledEndpointSecurity? = nil
    ) {
        self.affinity = affinity
        isPlain = affinity == nil && endpoints.allSatisfy { $0.template == nil }
        self.strategy = strategy
        self.endpoints = endpoints
        only = endpoints.count == 1 ? endpoints[0] : nil
        self.movesOn = movesOn && !(security?.isBoundToHost ?? false)
        self.security = security
        rounds = strategy == .weighted ? WeightedRounds.indices(weights) : []
    }

    /// The index of the endpoint to use, or `nil` if all are suspended.
    ///
    /// - Parameters:
    ///   - turn: a number that grows with each request of the loop, for taking turns.
    ///   - excluded: an index that has just failed for this request, or -1.
    func choose(turn: Int, excluding excluded: Int32, nowMilliseconds: Int64) -> Int32? {
        if let only { return excluded != 0 && only.state.isReady(nowMilliseconds: nowMilliseconds) ? 0 : nil }
        if strategy == .weighted {
            for offset in rounds.indices {
                let index = rounds[(turn &+ offset) % rounds.count]
                if index != excluded, endpoints[Int(index)].state.isReady(nowMilliseconds: nowMilliseconds) { return index }
            }
        }
        let first = strategy == .roundRobin ? turn % endpoints.count : 0
        for offset in 0..<endpoints.count {
            let index = (first + offset) % endpoints.count
            if index != Int(excluded), endpoints[index].state.isReady(nowMilliseconds: nowMilliseconds) { return Int32(index) }
        }
        return nil
    }
}
