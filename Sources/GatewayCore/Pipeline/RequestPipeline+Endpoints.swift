import Model

extension RequestPipeline {
    /// The stage: chooses the upstream of a call by its key type, unless a policy has chosen one.
    func chooseEndpoint(_ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange) -> StageOutcome {
        if exchange.upstream == nil, let refusal = selectEndpoint(api, call, head, exchange) {
            let functions = api.backends[api.operations[Int(exchange.operation)].backend].functions
            return functions.map { callFunction($0, api, call, head, exchange) } ?? .refused(refusal)
        }
        turn &+= 1
        if settings.writesEvents { exchange.eventPlaces = EventPlaces(api, exchange) }
        return api.hasEndpointSecurity ? authorizeEndpoint(api, call, head, exchange) : .next
    }

    private func selectEndpoint(
        _ api: CompiledAPI, _ call: Call, _ head: RequestHead, _ exchange: Exchange
    ) -> Refusal? {
        let backend = api.backends[api.operations[Int(exchange.operation)].backend]
        if exchange.keyType == .production, let endpoint = backend.productionEndpoint,
            endpoint.state.isReady(nowMilliseconds: call.now)
        {
            exchange.take(endpoint, at: 0)
            return nil
        }
        guard let group = backend.group(exchange.keyType) else { return Self.noEndpoint(exchange.keyType, backend) }
        let kept = group.isPlain ? nil : keptEndpoint(of: group, call, head, exchange)
        guard let index = kept ?? group.choose(turn: turn, excluding: -1, nowMilliseconds: call.now) else {
            if group.endpoints.isEmpty { return Self.noEndpoint(exchange.keyType, backend) }
            return .endpointFailed(group.strategy == .single ? UpstreamFailure.suspended.rawValue : 303_000)
        }
        let endpoint = group.only ?? group.endpoints[Int(index)]
        exchange.take(endpoint, at: index)
        return group.isPlain ? nil : prepare(endpoint, group, api, call, head, exchange)
    }

    private static func noEndpoint(_ keyType: KeyType, _ backend: CompiledBackend) -> Refusal {
        if backend.isDynamic { return .destinationMissing }
        return keyType == .production ? .noProductionEndpoint : .noSandboxEndpoint
    }

    /// What endpoints need that are not the same for all requests.
    private func prepare(
        _ endpoint: CompiledEndpoint, _ group: CompiledEndpointGroup, _ api: CompiledAPI, _ call: Call, _ head: RequestHead,
        _ exchange: Exchange
    ) -> Refusal? {
        let operation = api.operations[Int(exchange.operation)]
        if let refusal = fillTemplate(of: endpoint, operation, head, exchange) { return refusal }
        keep(endpoint, group.affinity, api, call, exchange)
        return nil
    }

    /// Notes a failure of the exchange's endpoint, and chooses another one if there is one and the request can be repeated.
    func moveOn(
        from failure: UpstreamFailure, _ exchange: Exchange, canRepeat: Bool, nowMilliseconds: Int64
    ) -> Bool {
        guard let group = group(of: exchange), let failed = endpoint(of: exchange) else { return false }
        failed.state.fail(failure.rawValue, failed.rules, nowMilliseconds: nowMilliseconds)
        guard canRepeat, group.movesOn, Int(exchange.attempts) < group.endpoints.count,
            let next = group.choose(turn: turn, excluding: exchange.endpoint, nowMilliseconds: nowMilliseconds)
        else { return false }
        guard let operation = operation(of: exchange),
            fillTemplate(of: group.endpoints[Int(next)], operation, nil, exchange) == nil
        else { return false }
        exchange.endpoint = next
        exchange.isEndpointBlemished = true
        exchange.upstream = group.endpoints[Int(next)].upstream
        return true
    }

    func operation(of exchange: Exchange) -> CompiledOperation? {
        guard let api = exchange.snapshot?.apis[exchange.api], api.operations.indices.contains(Int(exchange.operation)) else {
            return nil
        }
        return api.operations[Int(exchange.operation)]
    }

    func group(of exchange: Exchange) -> CompiledEndpointGroup? {
        guard let api = exchange.snapshot?.apis[exchange.api], let operation = operation(of: exchange) else { return nil }
        return api.backends[operation.backend].group(exchange.keyType)
    }

    func endpoint(of exchange: Exchange) -> CompiledEndpoint? {
        guard let group = group(of: exchange), group.endpoints.indices.contains(Int(exchange.endpoint)) else { return nil }
        return group.endpoints[Int(exchange.endpoint)]
    }
}

extension Exchange {
    /// Sends the request to an endpoint, which is the one with this index in its group.
    @inline(__always)
    fileprivate func take(_ endpoint: CompiledEndpoint, at index: Int32) {
        self.endpoint = index
        isEndpointBlemished = !endpoint.state.isUnblemished
        upstream = endpoint.upstream
    }
}
