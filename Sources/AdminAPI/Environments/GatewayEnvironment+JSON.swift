import Documents
import Model

/// Gateway environments as the admin contract shows and takes them.
extension GatewayEnvironment {
    var json: JSONValue {
        [
            "id": JSONValue(id), "name": JSONValue(name), "displayName": JSONValue(displayName),
            "provider": JSONValue(provider), "type": JSONValue(type), "gatewayType": JSONValue(gatewayType),
            "description": JSONValue(description), "isReadOnly": JSONValue(isReadOnly), "mode": JSONValue(mode),
            "apiDiscoveryScheduledWindow": JSONValue(discoveryMinutes), "vhosts": .array(virtualHosts.map(\.json)),
            "endpointURIs": .array(
                endpointURIs.map { ["protocol": JSONValue($0.scheme), "endpointURI": JSONValue($0.uri)] }),
            "additionalProperties": .array(properties.map { ["key": JSONValue($0.key), "value": JSONValue($0.value)] }),
            "permissions": ["permissionType": JSONValue(permission.kind), "roles": JSONValue(permission.roles)],
            "status": "Active",
        ]
    }

    init(json: JSONValue) {
        let name = json["name"]?.string ?? ""
        self.init(
            id: "", name: name, displayName: json["displayName"]?.string ?? name,
            description: json["description"]?.string ?? "", provider: json["provider"]?.string ?? "wso2",
            type: json["type"]?.string ?? "hybrid", gatewayType: json["gatewayType"]?.string ?? "Regular",
            mode: json["mode"]?.string ?? "WRITE_ONLY", discoveryMinutes: json["apiDiscoveryScheduledWindow"]?.int ?? 60,
            virtualHosts: json.list("vhosts").map(VirtualHost.init),
            endpointURIs: json.list("endpointURIs").map {
                EndpointURI(scheme: $0.text("protocol"), uri: $0.text("endpointURI"))
            },
            properties: json.list("additionalProperties").map { Property(key: $0.text("key"), value: $0.text("value")) },
            permission: Permission(
                kind: json["permissions"]?["permissionType"]?.string ?? "PUBLIC",
                roles: json["permissions"]?["roles"]?.strings ?? []))
    }
}

extension VirtualHost {
    fileprivate var json: JSONValue {
        [
            "host": JSONValue(host), "httpContext": JSONValue(httpContext), "httpPort": JSONValue(httpPort),
            "httpsPort": JSONValue(httpsPort), "wsPort": JSONValue(webSocketPort), "wsHost": JSONValue(webSocketHost),
            "wssPort": JSONValue(secureWebSocketPort), "wssHost": JSONValue(secureWebSocketHost),
        ]
    }

    fileprivate init(json: JSONValue) {
        let context = json.text("httpContext").drop { $0 == "/" }
        self.init(
            host: json.text("host"), httpContext: String(context), httpPort: json["httpPort"]?.int ?? 80,
            httpsPort: json["httpsPort"]?.int ?? 443, webSocketHost: json["wsHost"]?.string,
            webSocketPort: json["wsPort"]?.int ?? 9099, secureWebSocketHost: json["wssHost"]?.string,
            secureWebSocketPort: json["wssPort"]?.int ?? 8099)
    }
}

extension JSONValue {
    fileprivate func list(_ member: String) -> [JSONValue] { self[member]?.array ?? [] }
    fileprivate func text(_ member: String) -> String { self[member]?.string ?? "" }
}
