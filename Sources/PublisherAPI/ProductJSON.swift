import Documents
import Model
import Publishing

/// API products as the contract's schemas show them.
enum ProductJSON {
    /// The schema `APIProduct`.
    static func full(_ product: APIRecord) -> JSONValue {
        var members = identity(product)
        members["apiType"] = "APIPRODUCT"
        members["isDefaultVersion"] = JSONValue(product.isDefaultVersion)
        members["isRevision"] = false
        members["revisionId"] = 0
        members["workflowStatus"] = "APPROVED"
        members["lastUpdatedTime"] = JSONValue(String(product.updatedMilliseconds))
        members["lastUpdatedTimestamp"] = JSONValue(String(product.updatedMilliseconds))
        for name in ProductService.documentMembers + ["apis", "scopes"] where members[name] == nil {
            members[name] = product.document[name]
        }
        return .object(members)
    }

    /// The schema `APIProductInfo`, for lists.
    static func info(_ product: APIRecord) -> JSONValue {
        var members = identity(product)
        members["updatedTime"] = JSONValue(String(product.updatedMilliseconds))
        members["monetizedInfo"] = product.document["monetization"]?["enabled"] ?? false
        for name in ["securityScheme", "audiences", "egress"] { members[name] = product.document[name] }
        let business = product.document["businessInformation"]
        members["businessOwner"] = business?["businessOwner"]
        members["businessOwnerEmail"] = business?["businessOwnerEmail"]
        members["TechnicalOwner"] = business?["technicalOwner"]
        members["TechnicalOwnerEmail"] = business?["technicalOwnerEmail"]
        return .object(members)
    }

    private static func identity(_ product: APIRecord) -> JSONObject {
        JSONObject([
            ("id", JSONValue(product.id)), ("name", JSONValue(product.name)),
            ("displayName", JSONValue(product.displayName)), ("description", JSONValue(product.description)),
            ("context", JSONValue(product.contextTemplate.displayed)), ("version", JSONValue(product.version)),
            ("provider", JSONValue(product.provider)), ("hasThumbnail", JSONValue(product.hasThumbnail)),
            ("state", JSONValue(product.lifecycleState.rawValue)),
            ("createdTime", JSONValue(String(product.createdMilliseconds))),
            ("gatewayVendor", JSONValue(product.gatewayVendor)),
        ])
    }
}
