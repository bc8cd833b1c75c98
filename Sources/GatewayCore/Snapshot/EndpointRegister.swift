import Model

/// Compiles endpoints, and keeps the numbers that loops know them by: of connection pools, sources of tokens and accounts.
struct EndpointRegister: Sendable {
    private let proxy: EgressProxy?
    private let healthChecks: HealthCheckDefaults
    private var pools: [String: Int] = [:]
    private var tokenSources: [TokenSourceKey: EndpointTokenSource] = [:]
    private var accounts = 0

    private struct TokenSourceKey: Hashable {
        var tenant: Int
        var definition: GatewayEndpointOAuth
    }

    init(_ defaults: SnapshotDefaults) {
        proxy = defaults.proxy
        healthChecks = defaults.healthChecks
    }

    /// The number of a pool, a new one if it has none.
    mutating func pool(_ name: String) -> Int {
        if let pool = pools[name] { return pool }
        // The odd numbers are those of ``DynamicUpstreams``.
        let pool = pools.count * 2
        pools[name] = pool
        return pool
    }

    /// The name of the pool for HTTP/2 to a server whose other pool has this name.
    static func http2Name(_ name: String) -> String { "HTTP/2 " + name }

    mutating func compile(_ group: GatewayEndpointGroup?, tenant: Int) -> CompiledEndpointGroup? {
        guard let group else { return nil }
        let known = group.endpoints.compactMap { endpoint in compile(endpoint, tenant: tenant).map { ($0, endpoint.weight) } }
        // An endpoint whose destination policies set has no address, but its destinations may want a credential.
        guard !known.isEmpty || group.strategy == .single && group.security != nil else { return nil }
        return CompiledEndpointGroup(
            strategy: group.strategy, endpoints: known.map(\.0), weights: known.map(\.1), movesOn: group.movesOn,
            affinity: group.affinity, security: group.security.map { compile($0, tenant: tenant) })
    }

    private mutating func compile(_ endpoint: GatewayEndpoint, tenant: Int) -> CompiledEndpoint? {
        guard let address = EndpointAddress(endpoint.url) else { return nil }
        let template = EndpointTemplate(address.path)
        let name = address.poolName(tenant: tenant)
        let upstream = Upstream(
            pool: pool(endpoint.usesHTTP2 ? Self.http2Name(name) : name), host: address.host, port: address.port,
            isTLS: address.isTLS, isHTTP2: endpoint.usesHTTP2, isService: address.isService,
            hostField: Array(address.hostField.utf8), pathPrefix: template == nil ? Array(address.path.utf8) : [],
            query: Array(address.query.utf8), url: EndpointAddress.shown(endpoint.url),
            timeoutMilliseconds: max(1, endpoint.timeoutMilliseconds),
            proxy: proxy?.proxy(for: address.host).flatMap(UpstreamProxy.init))
        let rules = EndpointFaultRules(
            suspendMilliseconds: endpoint.suspendMilliseconds, suspendMaximumMilliseconds: endpoint.suspendMaximumMilliseconds,
            suspendFactor: endpoint.suspendFactor,
            suspendErrorCodes: endpoint.suspendErrorCodes.map { Int32(truncatingIfNeeded: $0) },
            retryErrorCodes: endpoint.retryErrorCodes.map { Int32(truncatingIfNeeded: $0) },
            retries: endpoint.retries, retryDelayMilliseconds: max(0, endpoint.retryDelayMilliseconds))
        return CompiledEndpoint(
            upstream: upstream, rules: rules, healthCheck: healthChecks.check(with: endpoint.healthCheck), template: template)
    }

    private mutating func compile(_ security: GatewayEndpointSecurity, tenant: Int) -> CompiledEndpointSecurity {
        CompiledEndpointSecurity(
            security,
            account: {
                accounts += 1
                return accounts
            }, source: { tokenSource(TokenSourceKey(tenant: tenant, definition: $0)) })
    }

    /// Deployments of an API, and APIs of a tenant, share a source if they say the same.
    private mutating func tokenSource(_ key: TokenSourceKey) -> EndpointTokenSource {
        if let source = tokenSources[key] { return source }
        let source = EndpointTokenSource(id: tokenSources.count, tenant: key.tenant, definition: key.definition)
        tokenSources[key] = source
        return source
    }
}
