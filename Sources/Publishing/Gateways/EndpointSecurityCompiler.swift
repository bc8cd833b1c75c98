import Documents
import Model

/// Turns `endpoint_security` of an endpoint configuration into what gateways send to backends.
struct EndpointSecurityCompiler {
    /// The secrets of the API's document by the JSON pointer of their place.
    let secrets: [String: String]

    /// The security of one key type; `nil` when it is off. The rules of ``EndpointSecurityRules`` hold for what is stored.
    func security(_ keyType: KeyType, of configuration: JSONObject) -> GatewayEndpointSecurity? {
        let name = keyType.memberPrefix
        guard let entry = configuration["endpoint_security"]?[name]?.object, entry["enabled"]?.bool ?? false else {
            return nil
        }
        let place = "/endpointConfig/endpoint_security/\(name)"
        switch EndpointSecurityType(entry) {
        case .basic: return .basic(username: text(entry, "username"), password: secret(place, "password"))
        case .digest: return .digest(username: text(entry, "username"), password: secret(place, "password"))
        case .oauth: return .oauth(oauth(entry, place))
        case .apiKey:
            return .apiKey(
                name: text(entry, "apiKeyIdentifier"),
                place: GatewayAPIKeyPlace(rawValue: text(entry, "apiKeyIdentifierType").uppercased()) ?? .header,
                value: secret(place, "apiKeyValue"))
        case .aws:
            return .awsSignature(
                accessKey: text(entry, "accessKey"), secretKey: secret(place, "secretKey"), region: text(entry, "region"),
                service: text(entry, "service"))
        case .off, nil: return nil
        }
    }

    private func oauth(_ entry: JSONObject, _ place: String) -> GatewayEndpointOAuth {
        let grant: GatewayEndpointOAuth.Grant =
            text(entry, "grantType").uppercased() == "PASSWORD"
            ? .password(username: text(entry, "username"), password: secret(place, "password")) : .clientCredentials
        let parameters = (entry["customParameters"]?.object ?? JSONObject()).map { name, value in
            GatewayEndpointOAuth.Parameter(name: name, value: parameter(value, "\(place)/customParameters/\(name)/value"))
        }
        let timeout = EndpointSettings.number(entry["connectionTimeoutDuration"]).flatMap { Int(exactly: $0.rounded()) }
        return GatewayEndpointOAuth(
            grant: grant, tokenURL: text(entry, "tokenUrl"), clientID: text(entry, "clientId"),
            clientSecret: secret(place, "clientSecret"), parameters: parameters,
            timeoutMilliseconds: timeout.flatMap { $0 > 0 ? $0 : nil }, proxy: proxy(entry["proxyConfigs"], place))
    }

    /// A parameter is a text, or an object whose `secured` says that the value is a secret.
    private func parameter(_ value: JSONValue, _ place: String) -> GatewaySecret {
        GatewaySecret(value.string ?? secrets[place] ?? value["value"]?.string ?? "")
    }

    private func proxy(_ value: JSONValue?, _ place: String) -> GatewayProxy? {
        guard let members = value?.object, members["proxyEnabled"]?.bool ?? false,
            let port = EndpointSettings.number(members["proxyPort"]).flatMap({ Int(exactly: $0) })
        else { return nil }
        return GatewayProxy(
            host: text(members, "proxyHost"), port: port, isTLS: text(members, "proxyProtocol").lowercased() == "https",
            username: text(members, "proxyUsername"), password: secret(place + "/proxyConfigs", "proxyPassword"))
    }

    private func text(_ members: JSONObject, _ name: String) -> String { members[name]?.string ?? "" }

    private func secret(_ place: String, _ name: String) -> GatewaySecret { GatewaySecret(secrets["\(place)/\(name)"] ?? "") }
}
