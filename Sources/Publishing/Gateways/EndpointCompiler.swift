import Documents
import Model

/// Turns `endpointConfig` into the endpoint groups that gateways use.
enum EndpointCompiler {
    /// The group of one key type, or `nil` when the API has no such endpoint or one that no URL describes. `secrets` are those that were
    /// taken out of the API's document, by the JSON pointer of their place.
    static func group(
        _ keyType: KeyType, of configuration: JSONObject?, secrets: [String: String] = [:]
    ) -> GatewayEndpointGroup? {
        guard let configuration else { return nil }
        let primary = Endpoints.list(configuration["\(keyType.memberPrefix)_endpoints"])
        let others = Endpoints.list(configuration["\(keyType.memberPrefix)_failovers"])
        let kind = configuration["endpoint_type"]?.string ?? "http"
        let (strategy, members): (GatewayEndpointGroup.Strategy, [JSONObject]) =
            switch kind {
            case "load_balance": (balancing(primary), primary)
            case "failover": (others.isEmpty ? .single : .failover, primary + others)
            default: (.single, Array(primary.prefix(1)))
            }
        let endpoints = members.compactMap { endpoint($0, isDynamic: kind == "default") }
        guard !endpoints.isEmpty else { return nil }
        return GatewayEndpointGroup(
            strategy: strategy, endpoints: endpoints,
            security: EndpointSecurityCompiler(secrets: secrets).security(keyType, of: configuration),
            affinity: kind == "load_balance" ? affinity(configuration) : nil,
            movesOn: kind != "load_balance" || !isFalse(configuration["failOver"]))
    }

    private static func balancing(_ members: [JSONObject]) -> GatewayEndpointGroup.Strategy {
        guard members.count > 1 else { return .single }
        return members.contains { integer($0["weight"]) != nil } ? .weighted : .roundRobin
    }

    private static func affinity(_ configuration: JSONObject) -> GatewayAffinity? {
        let kind: GatewayAffinity.Kind? =
            switch configuration["sessionManagement"]?.string {
            case "transport", "soap": .cookie
            case "simpleClientSession": .client
            default: nil
            }
        guard let kind else { return nil }
        guard let timeout = integer(configuration["sessionTimeOut"]), timeout > 0 else { return GatewayAffinity(kind: kind) }
        return GatewayAffinity(kind: kind, timeoutMilliseconds: timeout)
    }

    /// Portals send the flag as text.
    private static func isFalse(_ value: JSONValue?) -> Bool {
        value?.bool == false || value?.string?.lowercased() == "false"
    }

    private static func endpoint(_ members: JSONObject, isDynamic: Bool) -> GatewayEndpoint? {
        guard let url = members["url"]?.string, isDynamic || schemes.contains(where: url.lowercased().hasPrefix)
        else { return nil }
        let settings = members["config"]?.object ?? JSONObject()
        var endpoint = GatewayEndpoint(url: url)
        endpoint.weight = integer(members["weight"]) ?? endpoint.weight
        endpoint.timeoutMilliseconds = integer(settings["actionDuration"]) ?? endpoint.timeoutMilliseconds
        // Without a limit of its own the longest wait that the gateway's clock can hold.
        if settings["actionSelect"]?.string == "neverTimeout" { endpoint.timeoutMilliseconds = Int(Int32.max) }
        setSuspension(settings, of: &endpoint)
        endpoint.retryErrorCodes = (settings["retryErroCode"]?.array ?? []).compactMap(integer)
        endpoint.retries = integer(settings["retryTimeOut"]) ?? endpoint.retries
        endpoint.retryDelayMilliseconds = integer(settings["retryDelay"]) ?? endpoint.retryDelayMilliseconds
        endpoint.usesHTTP2 = EndpointSettings.number(settings["httpVersion"]) == 2
        endpoint.healthCheck = healthCheck(settings["healthCheck"])
        return endpoint
    }

    private static let schemes = ["http://", "https://", "srv://", "srvs://"]

    private static func setSuspension(_ settings: JSONObject, of endpoint: inout GatewayEndpoint) {
        endpoint.suspendMilliseconds = notNegative(settings["suspendDuration"]) ?? endpoint.suspendMilliseconds
        endpoint.suspendMaximumMilliseconds =
            notNegative(settings["suspendMaxDuration"])
            ?? max(endpoint.suspendMilliseconds, endpoint.suspendMaximumMilliseconds)
        endpoint.suspendFactor = EndpointSettings.number(settings["factor"]) ?? endpoint.suspendFactor
        endpoint.suspendErrorCodes = (settings["suspendErrorCode"]?.array ?? []).compactMap(integer)
    }

    private static func healthCheck(_ value: JSONValue?) -> GatewayHealthCheckTerms? {
        guard let members = value?.object else { return nil }
        return GatewayHealthCheckTerms(
            isEnabled: members["enabled"]?.bool ?? (members["enabled"]?.string != "false"),
            path: members["path"]?.string.flatMap { $0.hasPrefix("/") ? $0 : nil },
            intervalMilliseconds: integer(members["interval"]).map { max($0, 100) },
            timeoutMilliseconds: integer(members["timeout"]).map { max($0, 1) },
            failures: integer(members["failures"]).map { max($0, 1) },
            successes: integer(members["successes"]).map { max($0, 1) })
    }

    /// A negative duration is the way to say that none is set.
    private static func notNegative(_ value: JSONValue?) -> Int? { integer(value).flatMap { $0 < 0 ? nil : $0 } }

    /// Whole numbers that fit 32 bits; portals send some as text.
    private static func integer(_ value: JSONValue?) -> Int? {
        EndpointSettings.number(value).flatMap { Int32(exactly: $0.rounded()) }.map(Int.init)
    }
}

extension KeyType {
    /// How the members of `endpointConfig` for the key type begin, and the name of its entry in `endpoint_security`.
    var memberPrefix: String { self == .production ? "production" : "sandbox" }
}
