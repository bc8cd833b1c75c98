import Documents
import Model

/// The members that every API has, with the values that hold when a client says nothing.
struct APIDefaults {
    /// Default cross-origin rules; `[apim.cors]` of the configuration.
    var cors: JSONValue = [
        "corsConfigurationEnabled": false, "accessControlAllowOrigins": ["*"], "accessControlAllowCredentials": false,
        "accessControlAllowHeaders": [
            "authorization", "Access-Control-Allow-Origin", "Content-Type", "SOAPAction", "apikey", "Internal-Key",
        ],
        "accessControlAllowMethods": ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
    ]
    var authorizationHeader = "Authorization"

    /// Fills what is missing in a checked document of the API `name`.
    func complete(_ document: inout JSONObject, name: String) {
        for (member, value) in simple { document.setDefault(member, value) }
        document.setDefault("displayName", JSONValue(name))
        document.setDefault("authorizationHeader", JSONValue(authorizationHeader))
        document.setDefault("corsConfiguration", cors)
        completeAdvertising(&document)
    }

    private func completeAdvertising(_ document: inout JSONObject) {
        var advertising = document["advertiseInfo"]?.object ?? JSONObject()
        advertising.setDefault("advertised", false)
        advertising.setDefault("vendor", "WSO2")
        document["advertiseInfo"] = .object(advertising)
    }

    private let simple: [(String, JSONValue)] = [
        ("description", ""), ("responseCachingEnabled", false), ("cacheTimeout", 300), ("enableSchemaValidation", false),
        ("enableSubscriberVerification", false), ("audiences", ["all"]), ("transport", ["http", "https"]), ("tags", []),
        ("policies", []), ("organizationPolicies", []), ("apiKeyHeader", "ApiKey"),
        ("securityScheme", ["oauth2", "oauth_basic_auth_api_key_mandatory"]), ("visibility", "PUBLIC"),
        ("visibleRoles", []), ("visibleTenants", []), ("visibleOrganizations", ["none"]), ("mediationPolicies", []),
        ("subscriptionAvailability", "CURRENT_TENANT"), ("subscriptionAvailableTenants", []), ("additionalProperties", []),
        ("additionalPropertiesMap", [:]), ("accessControl", "NONE"), ("accessControlRoles", []),
        ("businessInformation", [:]), ("endpointImplementationType", "ENDPOINT"),
        ("subtypeConfiguration", ["subtype": "DEFAULT"]), ("scopes", []), ("categories", []), ("keyManagers", ["all"]),
        ("gatewayType", "wso2/synapse"), ("initiatedFromGateway", false), ("asyncTransportProtocols", []),
        ("egress", false), ("monetization", ["enabled": false]),
    ]

    /// The operations of an API that is created without any: every common verb on every path.
    static let operations: JSONValue = .array(
        ["GET", "PUT", "POST", "DELETE", "PATCH"].map { ["target": "/*", "verb": JSONValue($0)] })
}
