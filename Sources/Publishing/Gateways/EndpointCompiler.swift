import Documents
import Model

/// Turns `endpointConfig` into the endpoint groups that gateways use.
enum EndpointCompiler {
    /// The group of one key type, or `nil` when the API has no such endpoint or one that no URL describes.
    static func group(_ keyType: KeyType, of configuration: JSONObject?) -> GatewayEndpointGroup? {
        guard let configuration else { return nil }
        let prefix = keyType == .production ? "production" : "sandbox"
        let primary = Endpoints.list(configuration["\(prefix)_endpoints"])
        let others = Endpoints.list(configuration["\(prefix)_failovers"])
        let kind = configuration["endpoint_type"]?.string ?? "http"
        let (strategy, members): (GatewayEndpointGroup.Strategy, [JSONObject]) =
            switch kind {
            case "load_balance": (primary.count > 1 ? .roundRobin : .single, primary)
            case "failover": (others.isEmpty ? .single : .failover, primary + others)
            default: (.single, Array(primary.prefix(1)))
            }
        let endpoints = members.compactMap(endpoint)
        return endpoints.isEmpty ? nil : GatewayEndpointGroup(strategy: strategy, endpoints: endpoints)
    }

    private static func endpoint(_ members: JSONObject) -> GatewayEndpoint? {
        guard let url = members["url"]?.string, url.hasPrefix("http://") || url.hasPrefix("https://") else { return nil }
        let settings = members["config"]?.object ?? JSONObject()
        var endpoint = GatewayEndpoint(url: url)
        endpoint.timeoutMilliseconds = integer(settings["actionDuration"]) ?? endpoint.timeoutMilliseconds
        // Without a limit of its own the longest wait that the gateway's clock can hold.
        if settings["actionSelect"]?.string == "neverTimeout" { endpoint.timeoutMilliseconds = Int(Int32.max) }
        endpoint.suspendMilliseconds = integer(settings["suspendDuration"]) ?? endpoint.suspendMilliseconds
        endpoint.suspendMaximumMilliseconds =
            integer(settings["suspendMaxDuration"]) ?? max(endpoint.suspendMilliseconds, endpoint.suspendMaximumMilliseconds)
        endpoint.suspendFactor = EndpointSettings.number(settings["factor"]) ?? endpoint.suspendFactor
        endpoint.retryErrorCodes = (settings["retryErroCode"]?.array ?? []).compactMap(integer)
        endpoint.retries = integer(settings["retryTimeOut"]) ?? endpoint.retries
        endpoint.retryDelayMilliseconds = integer(settings["retryDelay"]) ?? endpoint.retryDelayMilliseconds
        return endpoint
    }

    /// Whole numbers that fit 32 bits; portals send some as text.
    private static func integer(_ value: JSONValue?) -> Int? {
        EndpointSettings.number(value).flatMap { Int32(exactly: $0.rounded()) }.map(Int.init)
    }
}
