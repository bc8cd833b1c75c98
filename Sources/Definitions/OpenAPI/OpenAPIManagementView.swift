import Documents
import Model

/// The management extensions that publishers see at the root of a definition: what the API says beside it.
public struct OpenAPIManagementView: Sendable {
    /// Where calls go, for one key type.
    public struct Endpoints: Sendable {
        public var urls: [String]
        /// `http`, `https`, `load_balance` or `failover`.
        public var kind: String

        public init(urls: [String], kind: String) {
            self.urls = urls
            self.kind = kind
        }
    }

    /// Gateway path with the version resolved.
    public var context: String
    /// The API in the form of the publisher's contract.
    public var api: JSONObject
    public var production: Endpoints?
    public var sandbox: Endpoints?

    public init(context: String, api: JSONObject, production: Endpoints?, sandbox: Endpoints?) {
        self.context = context
        self.api = api
        self.production = production
        self.sandbox = sandbox
    }

    /// The definition with the extensions.
    public func applied(to definition: JSONValue) -> JSONValue {
        var definition = definition
        definition["x-wso2-auth-header"] = api["authorizationHeader"]
        definition["x-wso2-api-key-header"] = api["apiKeyHeader"]
        definition["x-wso2-cors"] = api["corsConfiguration"]
        definition["x-wso2-basePath"] = JSONValue(context)
        definition["x-wso2-transports"] = api["transport"]
        definition["x-throttling-tier"] = api["apiThrottlingPolicy"]
        definition["x-wso2-response-cache"] = [
            "enabled": api["responseCachingEnabled"] ?? false, "cacheTimeoutInSeconds": api["cacheTimeout"] ?? 300,
        ]
        writeSecurity(into: &definition)
        for (name, endpoints) in [("production", production), ("sandbox", sandbox)] {
            guard let endpoints else { continue }
            definition["x-wso2-\(name)-endpoints"] = [
                "urls": JSONValue(endpoints.urls), "type": JSONValue(endpoints.kind),
            ]
        }
        return definition
    }

    private func writeSecurity(into definition: inout JSONValue) {
        let schemes = api["securityScheme"]?.strings ?? []
        let types = schemes.filter { ["oauth2", "basic_auth", "api_key"].contains($0) }
        let isMandatory = schemes.contains("oauth_basic_auth_api_key_mandatory")
        definition["x-wso2-application-security"] = ["security-types": JSONValue(types), "optional": JSONValue(!isMandatory)]
        if schemes.contains("mutualssl") {
            definition["x-wso2-mutual-ssl"] = JSONValue(schemes.contains("mutualssl_mandatory") ? "mandatory" : "optional")
        }
    }
}
