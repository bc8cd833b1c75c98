import Model

extension ShippedPolicies {
    /// A bound of the JSON validator: up to three digits.
    private static func bound(_ name: String, _ displayName: String) -> PolicyAttribute {
        PolicyAttribute(name, displayName, kind: .integer, pattern: #"^\d{1,3}$"#, defaultValue: "100")
    }

    static let threats: [PolicySpecification] = [
        PolicySpecification(
            name: "jsonValidator", version: "v1", displayName: "JSON Validator",
            description: "Refuses JSON that is malformed or exceeds the bounds.", flows: ["request"], apiTypes: httpTypes,
            attributes: [
                bound("maxPropertyCount", "Maximum Property Count"), bound("maxStringLength", "Maximum String Length"),
                bound("maxArrayElementCount", "Maximum Array Element Count"), bound("maxKeyLength", "Maximum Key Length"),
                bound("maxJsonDepth", "Maximum JSON Depth"),
                PolicyAttribute(
                    "requestMessageBufferSize", "Request Message Buffer Size", description: "Has no meaning here",
                    kind: .integer, defaultValue: "1024"),
                PolicyAttribute("jsonSchemaValidator", "Validator", description: "Has no meaning here"),
            ]),
        PolicySpecification(
            name: "xmlValidator", version: "v1", displayName: "XML Validator",
            description: "Refuses XML that is malformed, declares a document type or exceeds the bounds.", flows: ["request"],
            apiTypes: httpTypes),
        PolicySpecification(
            name: "regexPolicy", version: "v1", displayName: "Regex Policy",
            description: "Refuses requests that look like an attempt to inject SQL.", flows: ["request"], apiTypes: httpTypes),
    ]

    static let access: [PolicySpecification] = [
        PolicySpecification(
            name: "jwtClaimBasedAccessValidator", version: "v1", displayName: "JWT Claim Based Access Validator",
            description: "Decides by a claim of the token whether the call may pass.", flows: ["request"],
            apiTypes: httpAndGraphQL,
            attributes: [
                PolicyAttribute("accessVerificationClaim", "Claim", isRequired: true, defaultValue: "aut"),
                PolicyAttribute("accessVerificationClaimValue", "Value", isRequired: true, defaultValue: "APPLICATION"),
                PolicyAttribute("accessVerificationClaimValueRegex", "Regular expression for the value"),
                PolicyAttribute(
                    "shouldAllowValidation", "Keep out what matches", kind: .boolean, defaultValue: "false"),
            ]),
        PolicySpecification(
            name: "revokeOneTimeToken", version: "v1", displayName: "Revoke One Time Token",
            description: "Lets a token with the scope pass once.", flows: ["request"], apiTypes: httpAndGraphQL,
            attributes: [PolicyAttribute("scope", "Scope", isRequired: true, defaultValue: "OTT")]),
        PolicySpecification(
            category: "Security", name: "opaPolicy", version: "v1", displayName: "Open Policy Agent",
            description: "Asks an Open Policy Agent whether the request may pass.", flows: ["request"],
            apiTypes: httpAndGraphQL,
            attributes: [
                PolicyAttribute("serverUrl", "Server URL", isRequired: true, pattern: "^https?://.+$"),
                PolicyAttribute("accessKey", "Access key", kind: .secret),
                PolicyAttribute("policy", "Policy", isRequired: true),
                PolicyAttribute("rule", "Rule", isRequired: true, defaultValue: "allow"),
                PolicyAttribute("sendAccessToken", "Send the access token", kind: .boolean, defaultValue: "false"),
                PolicyAttribute(
                    "additionalProperties", "Additional properties",
                    description: "Headers of the request that the input repeats, separated by commas"),
                PolicyAttribute("maxOpenConnections", "Maximum open connections", kind: .integer, defaultValue: "500"),
                PolicyAttribute(
                    "connectionTimeout", "Timeout", description: "In seconds", kind: .integer, defaultValue: "30"),
            ]),
    ]
}
