import Documents
import Model
import OutgoingHTTP

/// The ways in which a gateway can prove itself to a backend, by their name in `endpoint_security`.
enum EndpointSecurityType: String {
    case off = "none"
    case basic
    case digest
    case oauth
    case apiKey = "apikey"
    case aws

    /// The type that an entry names, in any letter case; `nil` for an unknown one.
    init?(_ entry: JSONObject) { self.init(rawValue: (entry["type"]?.string ?? "").lowercased()) }
}

/// Checks `endpoint_security`: what is needed for each type, so that gateways never meet half a credential.
struct EndpointSecurityRules {
    /// Which addresses may be named as token endpoints.
    let policy: AddressPolicy

    /// Throws the first rule that is broken. Secrets may be missing: a client that sends none keeps what is stored.
    func check(_ security: JSONValue?) throws {
        for kind in ["production", "sandbox"] {
            guard let entry = security?[kind]?.object, entry["enabled"]?.bool ?? false else { continue }
            guard let type = entry["type"]?.string, !type.isEmpty else {
                throw CatalogueError.endpointSecurityTypeMissing(kind)
            }
            switch EndpointSecurityType(entry) {
            case nil: throw CatalogueError.endpointSecurityInvalid(kind)
            case .off: continue
            case .basic, .digest: try require(["username"], of: entry, kind)
            case .oauth: try checkOAuth(entry, kind)
            case .apiKey: try checkAPIKey(entry, kind)
            case .aws: try require(["accessKey", "region", "service"], of: entry, kind)
            }
        }
    }

    /// `configuration` with the parameters of token requests as objects: some clients send them as JSON text.
    static func normalized(_ configuration: JSONObject) throws -> JSONObject {
        var configuration = configuration
        for kind in ["production", "sandbox"] {
            guard let text = configuration["endpoint_security"]?[kind]?["customParameters"]?.string else { continue }
            guard let parameters = text.isEmpty ? [:] : try? JSONValue.parse(text), parameters.object != nil else {
                throw CatalogueError.endpointCredentialsInvalid("\(kind): customParameters must be an object")
            }
            configuration["endpoint_security"]?[kind]?["customParameters"] = parameters
        }
        return configuration
    }

    private func checkOAuth(_ entry: JSONObject, _ kind: String) throws {
        try require(["tokenUrl", "clientId", "grantType"], of: entry, kind)
        switch entry["grantType"]?.string?.uppercased() {
        case "CLIENT_CREDENTIALS": break
        case "PASSWORD": try require(["username"], of: entry, kind)
        default:
            throw CatalogueError.endpointCredentialsInvalid("\(kind): grantType must be CLIENT_CREDENTIALS or PASSWORD")
        }
        let url = entry["tokenUrl"]?.string ?? ""
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), let parsed = OutgoingURL(url),
            policy.allows(literalHost: parsed.host)
        else { throw CatalogueError.endpointCredentialsInvalid("\(kind): tokenUrl must be an http or https URL") }
        if let parameters = entry["customParameters"], !parameters.isNull, parameters.object == nil {
            throw CatalogueError.endpointCredentialsInvalid("\(kind): customParameters must be an object")
        }
        try checkProxy(entry["proxyConfigs"], kind)
    }

    private func checkProxy(_ proxy: JSONValue?, _ kind: String) throws {
        guard let proxy = proxy?.object, proxy["proxyEnabled"]?.bool ?? false else { return }
        let port = EndpointSettings.number(proxy["proxyPort"]) ?? 0
        guard let host = proxy["proxyHost"]?.string, !host.isEmpty, (1...65_535).contains(port), port == port.rounded() else {
            throw CatalogueError.endpointCredentialsInvalid("\(kind): proxyConfigs needs proxyHost and proxyPort")
        }
    }

    private func checkAPIKey(_ entry: JSONObject, _ kind: String) throws {
        try require(["apiKeyIdentifier"], of: entry, kind)
        let place = entry["apiKeyIdentifierType"]?.string ?? GatewayAPIKeyPlace.header.rawValue
        guard GatewayAPIKeyPlace(rawValue: place.uppercased()) != nil else {
            throw CatalogueError.endpointCredentialsInvalid("\(kind): apiKeyIdentifierType must be HEADER or QUERY_PARAMETER")
        }
    }

    private func require(_ names: [String], of entry: JSONObject, _ kind: String) throws {
        for name in names {
            guard let text = entry[name]?.string, !text.isEmpty else {
                throw CatalogueError.endpointCredentialsInvalid("\(kind): \(name) is missing")
            }
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
                throw CatalogueError.endpointCredentialsInvalid("\(kind): \(name) contains control characters")
            }
        }
    }
}
