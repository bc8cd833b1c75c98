import Consuming
import Documents
import Model

/// Under which addresses gateways serve an API.
struct GatewayAddresses {
    private let places: [(environment: GatewayEnvironment, host: VirtualHost)]

    /// Deployments to environments that no longer exist are left out.
    init(environments: [GatewayEnvironment], deployments: [PublishedDeployment]) {
        places = deployments.compactMap { deployment in
            guard let environment = environments.first(where: { $0.name == deployment.environment }) else { return nil }
            let host = environment.virtualHosts.first { $0.host == deployment.host } ?? environment.virtualHosts.first
            return host.map { (environment, $0) }
        }
    }

    var environmentNames: [String] { places.map(\.environment.name) }

    func contains(_ environment: String) -> Bool { environmentNames.contains(environment) }

    /// The base addresses of `api`, those with TLS first; of all environments without `environment`.
    func urls(of api: PublishedAPI, in environment: String?) -> [String] {
        places.filter { environment == nil || $0.environment.name == environment }.flatMap { place in
            [
                api.transports.contains("https") ? place.host.httpsURL(api.context) : nil,
                api.transports.contains("http") ? place.host.httpURL(api.context) : nil,
            ].compactMap { $0 }
        }
    }

    /// The `endpointURLs` of `api`.
    func json(of api: PublishedAPI) -> JSONValue {
        .array(
            places.map { place in
                [
                    "environmentName": JSONValue(place.environment.name),
                    "environmentDisplayName": JSONValue(place.environment.displayName),
                    "environmentType": JSONValue(place.environment.type),
                    "URLs": Self.urls(place.host, api.context, api.transports),
                    "defaultVersionURLs": api.isDefaultVersion
                        ? Self.urls(place.host, api.unversionedContext, api.transports) : [:],
                ]
            })
    }

    private static func urls(_ host: VirtualHost, _ path: String, _ transports: [String]) -> JSONValue {
        var json: JSONValue = [:]
        if transports.contains("http") { json["http"] = JSONValue(host.httpURL(path)) }
        if transports.contains("https") { json["https"] = JSONValue(host.httpsURL(path)) }
        return json
    }
}

extension PublishedAPI {
    /// The path without version, under which the default version is served.
    fileprivate var unversionedContext: String {
        contextTemplate.hasSuffix("/{version}") ? String(contextTemplate.dropLast("/{version}".count)) : contextTemplate
    }
}
