import Documents
import Model

/// The management extensions at the root of an OpenAPI document, read on import (`docs/openapi-extensions.md`).
enum OpenAPIExtensions {
    /// Members of the API object that the extensions give.
    static func members(of document: JSONValue) -> JSONObject {
        var members = JSONObject()
        members["authorizationHeader"] = document["x-wso2-auth-header"]
        members["apiKeyHeader"] = document["x-wso2-api-key-header"]
        members["corsConfiguration"] = document["x-wso2-cors"]
        members["transport"] = document["x-wso2-transports"]
        members["apiThrottlingPolicy"] = document["x-wso2-throttling-tier"] ?? document["x-throttling-tier"]
        members["responseCachingEnabled"] = document["x-wso2-response-cache"]?["enabled"]
        members["cacheTimeout"] = document["x-wso2-response-cache"]?["cacheTimeoutInSeconds"]
        members["securityScheme"] = schemes(of: document)
        members["endpointConfig"] = endpoints(of: document)
        return members
    }

    private static func schemes(of document: JSONValue) -> JSONValue? {
        let security = document["x-wso2-application-security"]
        let mutual = document["x-wso2-mutual-ssl"]?.string
        guard security != nil || mutual != nil else { return nil }
        var schemes = security?["security-types"]?.strings ?? []
        if !schemes.isEmpty, !(security?["optional"]?.bool ?? false) { schemes.append("oauth_basic_auth_api_key_mandatory") }
        if let mutual {
            schemes.append("mutualssl")
            if mutual.lowercased() == "mandatory" { schemes.append("mutualssl_mandatory") }
        }
        return JSONValue(schemes)
    }

    /// `{urls, type}` of both key types as an endpoint configuration.
    private static func endpoints(of document: JSONValue) -> JSONValue? {
        var configuration: JSONValue = [:]
        var kind: String?
        for name in ["production", "sandbox"] {
            guard let entry = document["x-wso2-\(name)-endpoints"], let urls = entry["urls"]?.strings, let first = urls.first
            else {
                continue
            }
            let settings = entry["advanceEndpointConfig"] ?? [:]
            let endpoints = urls.map { url -> JSONValue in ["url": JSONValue(url), "config": settings] }
            kind = kind ?? (urls.count > 1 ? entry["type"]?.string ?? "load_balance" : "http")
            switch kind {
            case "load_balance": configuration["\(name)_endpoints"] = .array(endpoints)
            case "failover":
                configuration["\(name)_endpoints"] = ["url": JSONValue(first), "config": settings]
                configuration["\(name)_failovers"] = .array(Array(endpoints.dropFirst()))
            default: configuration["\(name)_endpoints"] = endpoints.first
            }
        }
        guard let kind else { return nil }
        configuration["endpoint_type"] = JSONValue(kind == "https" ? "http" : kind)
        return configuration
    }
}
