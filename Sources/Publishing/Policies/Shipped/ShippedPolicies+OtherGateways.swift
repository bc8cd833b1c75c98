import Model

/// Policies that other parts of the platform, or gateways of other vendors, carry out.
extension ShippedPolicies {
    private static let aiAPI = [PolicyAPIType("HTTP", subtype: "AIAPI")]
    private static let http = [PolicyAPIType("HTTP")]

    static let models: [PolicySpecification] = [
        ("modelRoundRobin", "Model Round Robin", "roundRobinConfigs"),
        ("modelWeightedRoundRobin", "Model Weighted Round Robin", "weightedRoundRobinConfigs"),
        ("modelFailover", "Model Failover", "failoverConfigs"),
    ].map { name, displayName, attribute in
        PolicySpecification(
            name: name, version: "v1", displayName: displayName,
            description: "Chooses the model of an AI provider for each request.", flows: ["request"],
            gateways: name == "modelFailover" ? ["Synapse"] : ["Synapse", "ChoreoConnect"], apiTypes: aiAPI,
            attributes: [PolicyAttribute(attribute, "Configuration", description: "As JSON", isRequired: true)])
    }

    static let otherGateways = aws + azure + choreoConnect

    private static let aws: [PolicySpecification] = [
        PolicySpecification(
            category: "Security", name: "awsOAuth2", version: "v1", displayName: "AWS OAuth2",
            description: "Has a Lambda function of AWS authorize calls.", flows: ["request"], gateways: ["AWS"], apiTypes: http,
            attributes: [
                PolicyAttribute("lambdaARN", "Lambda ARN", isRequired: true),
                PolicyAttribute("invokeRoleArn", "Invoke role ARN", isRequired: true),
            ])
    ]

    private static let azure: [PolicySpecification] = [
        PolicySpecification(
            category: "Security", name: "azureOAuth2", version: "v1", displayName: "Azure OAuth2",
            description: "Has Azure validate tokens.", flows: ["request"], gateways: ["Azure"], apiTypes: http,
            attributes: [PolicyAttribute("openIdURL", "OpenID URL", isRequired: true)]),
        PolicySpecification(
            name: "azureRateLimit", version: "v1", displayName: "Azure Rate Limit",
            description: "Has Azure limit the rate of calls.", flows: ["request"], gateways: ["Azure"], apiTypes: http,
            attributes: [
                PolicyAttribute("calls", "Calls", kind: .integer, isRequired: true),
                PolicyAttribute(
                    "renewalPeriod", "Renewal period", description: "In seconds, at most 300", kind: .integer,
                    isRequired: true, pattern: "^([1-9]|[1-9][0-9]|[1-2][0-9]{2}|300)$"),
                PolicyAttribute("retryAfterHeaderName", "Header for the time to wait"),
                PolicyAttribute("retryAfterVariableName", "Variable for the time to wait"),
                PolicyAttribute("remainingCallsHeaderName", "Header for the calls left"),
                PolicyAttribute("remainingCallsVariableName", "Variable for the calls left"),
                PolicyAttribute("totalCallsHeaderName", "Header for all calls"),
            ]),
        PolicySpecification(
            name: "azureSetHeader", version: "v1", displayName: "Azure Set Header",
            description: "Has Azure set a header.", flows: everyFlow, gateways: ["Azure"], apiTypes: http,
            attributes: [
                headerName(pattern: "^.+$"), headerValue,
                PolicyAttribute(
                    "existsAction", "If it exists", kind: .enumeration, isRequired: true,
                    allowedValues: ["override", "skip", "append", "delete"]),
            ]),
    ]

    private static func choreoConnect(
        _ name: String, _ displayName: String, _ description: String, flows: [String], _ attributes: [PolicyAttribute]
    ) -> PolicySpecification {
        PolicySpecification(
            name: name, version: "v1", displayName: displayName, description: description, flows: flows,
            gateways: ["ChoreoConnect"], apiTypes: http, attributes: attributes)
    }

    private static let bothWays = ["request", "response"]
    private static let url = PolicyAttribute("url", "URL", isRequired: true)

    private static let choreoConnect: [PolicySpecification] = [
        choreoConnect(
            "backEndJWT", "Backend JWT", "Sends the backend a token about the caller.", flows: ["request"],
            [
                PolicyAttribute(
                    "encoding", "Encoding", kind: .enumeration, isRequired: true, defaultValue: "Base64",
                    allowedValues: ["Base64", "Base64Url"]),
                PolicyAttribute("header", "Header", isRequired: true, defaultValue: "X-JWT-Assertion"),
                PolicyAttribute(
                    "signingAlgorithm", "Signing algorithm", kind: .enumeration, isRequired: true,
                    defaultValue: "SHA256withRSA", allowedValues: ["SHA256withRSA", "NONE"]),
                PolicyAttribute(
                    "tokenTTL", "Validity", description: "In seconds", kind: .integer, isRequired: true, defaultValue: "3600"),
            ]),
        choreoConnect(
            "apkAddHeader", "Add Header", "Adds a header.", flows: bothWays, [headerName(pattern: "^.+$"), headerValue]),
        choreoConnect(
            "apkRemoveHeader", "Remove Header", "Removes a header.", flows: bothWays, [headerName(pattern: "^.+$")]),
        choreoConnect("apkMirrorRequest", "Mirror Request", "Sends a copy elsewhere.", flows: ["request"], [url]),
        choreoConnect(
            "apkRedirectRequest", "Redirect Request", "Sends the client elsewhere.", flows: ["request"],
            [
                url,
                PolicyAttribute(
                    "statusCode", "Status code", kind: .enumeration, isRequired: true, allowedValues: ["301", "302"]),
            ]),
        choreoConnect(
            "apkCallInterceptorService", "Call Interceptor Service", "Has a service change the message.", flows: bothWays,
            [
                PolicyAttribute("interceptorServiceURL", "Service URL", isRequired: true),
                PolicyAttribute(
                    "includes", "Includes",
                    description: "request_header, request_body, response_header, response_body, separated by commas",
                    isRequired: true),
            ]),
        choreoConnect(
            "apkLuaInterceptorService", "Lua Interceptor Service", "Has a script change the message.", flows: bothWays,
            [
                PolicyAttribute("policyName", "Policy name", isRequired: true),
                PolicyAttribute("sourceCode", "Source code"), PolicyAttribute("sourceCodeRef", "Reference to the source code"),
                PolicyAttribute("mountInConfigMap", "Mount in a config map", kind: .boolean, defaultValue: "false"),
            ]),
        choreoConnect(
            "apkWASMInterceptorService", "WASM Interceptor Service", "Has a WebAssembly module change the message.",
            flows: bothWays,
            [
                PolicyAttribute("policyName", "Policy name", isRequired: true),
                PolicyAttribute("rootId", "Root id", isRequired: true), PolicyAttribute("wasmpolicyURL", "URL of the module"),
                PolicyAttribute("wasmpolicyImage", "Image of the module"),
                PolicyAttribute(
                    "imagePullPolicy", "Image pull policy", kind: .enumeration, allowedValues: ["Always", "IfNotPresent"]),
                PolicyAttribute("wasmConfig", "Configuration"),
                PolicyAttribute("failOpen", "Let pass on failure", kind: .boolean, defaultValue: "false"),
                PolicyAttribute("hostKeys", "Host keys"),
            ]),
    ]
}
