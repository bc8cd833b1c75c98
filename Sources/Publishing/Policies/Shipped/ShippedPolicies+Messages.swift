import Model

extension ShippedPolicies {
    static let headers: [PolicySpecification] = [
        PolicySpecification(
            name: "addHeader", version: "v2", displayName: "Add Header",
            description: "Sets a header of the message, in place of one with the same name.", flows: everyFlow,
            apiTypes: httpAndGraphQL, attributes: [headerName(pattern: "^.+$"), headerValue]),
        PolicySpecification(
            name: "removeHeader", version: "v1", displayName: "Remove Header",
            description: "Takes a header out of the message.", flows: everyFlow, apiTypes: httpAndGraphQL,
            attributes: [headerName(pattern: #"^([a-zA-Z_][a-zA-Z\d_\-\ ]*)$"#)]),
        PolicySpecification(
            name: "preserveAcceptHeader", version: "v1", displayName: "Preserve Accept Header",
            description: "Keeps the Accept header for the policy Apply Accept Header, and takes it out of the request.",
            flows: ["request"], apiTypes: httpTypes),
        PolicySpecification(
            name: "applyAcceptHeader", version: "v1", displayName: "Apply Accept Header",
            description: "Gives the body the form that the preserved Accept header asks for.", flows: ["request"],
            apiTypes: httpTypes),
    ]

    static let requestLine: [PolicySpecification] = [
        PolicySpecification(
            name: "addQueryParam", version: "v1", displayName: "Add Query Parameter",
            description: "Appends a parameter to the query.", flows: ["request"], apiTypes: httpTypes,
            attributes: [
                PolicyAttribute(
                    "paramKey", "Parameter Key", isRequired: true, pattern: #"^([a-zA-Z_][a-zA-Z\d_\-\ ]*)$"#),
                PolicyAttribute("paramValue", "Parameter Value", isRequired: true, pattern: "^.+$"),
            ]),
        PolicySpecification(
            name: "changeHTTPMethod", version: "v1", displayName: "Change HTTP Method",
            description: "Calls the backend with another method.", flows: ["request"], apiTypes: httpTypes,
            attributes: [
                PolicyAttribute(
                    "httpMethod", "HTTP Method", kind: .enumeration, isRequired: true,
                    allowedValues: ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"])
            ]),
        PolicySpecification(
            name: "rewriteResourcePath", version: "v3", displayName: "Rewrite Resource Path",
            description: "Calls the backend with another path below the endpoint's own.", flows: ["request"],
            apiTypes: httpTypes,
            attributes: [
                PolicyAttribute(
                    "newResourcePath", "New Resource Path",
                    description:
                        "For instance /orders/{id}?all=1, where {id} is a variable of the resource's path", isRequired: true),
                PolicyAttribute(
                    "includeQueryParams", "Include Query Parameters", kind: .boolean, defaultValue: "true"),
            ]),
        PolicySpecification(
            name: "setToHeader", version: "v1", displayName: "Set Destination",
            description: "Sends the request to another address than the endpoints of the API.", flows: ["request"],
            apiTypes: httpTypes,
            attributes: [
                PolicyAttribute(
                    "value", "URL", description: "The endpoint's URL", isRequired: true, pattern: "^https?://.+$")
            ]),
    ]

    static let bodies: [PolicySpecification] = [
        PolicySpecification(
            name: "disableChunking", version: "v1", displayName: "Disable Chunking",
            description: "Sends the body with its length instead of in chunks.", flows: ["request", "response"],
            apiTypes: httpTypes),
        PolicySpecification(
            name: "jsonToXML", version: "v1", displayName: "JSON to XML",
            description: "Turns a JSON body into XML.", flows: ["request", "response"], apiTypes: httpTypes),
        PolicySpecification(
            name: "xmlToJson", version: "v1", displayName: "XML to JSON",
            description: "Turns an XML body into JSON.", flows: ["request", "response"], apiTypes: httpTypes),
    ]

    static let faultsAndLogs: [PolicySpecification] = [
        PolicySpecification(
            name: "jsonFault", version: "v1", displayName: "JSON Fault",
            description: "Tells clients of faults as JSON.", flows: ["fault"], apiTypes: httpTypes),
        PolicySpecification(
            name: "debugJsonFault", version: "v1", displayName: "Debug JSON Fault",
            description: "Tells clients of faults as JSON, and the log of their details.", flows: ["fault"],
            apiTypes: httpTypes),
        PolicySpecification(
            name: "addLogMessage", version: "v1", displayName: "Log Message",
            description: "Writes the message to the gateway's log, without the values of credentials.", flows: everyFlow,
            apiTypes: httpAndGraphQL),
        PolicySpecification(
            name: "debugRequestFlow", version: "v1", displayName: "Debug Request Flow",
            description: "Writes what matters of the request to the gateway's log.", flows: ["request"],
            apiTypes: httpAndGraphQL),
        PolicySpecification(
            name: "debugResponseFlow", version: "v1", displayName: "Debug Response Flow",
            description: "Writes what matters of the answer to the gateway's log.", flows: ["response"],
            apiTypes: httpAndGraphQL),
    ]
}
