import Documents
import Model
import Publishing

/// APIs as the contract's schemas show them.
enum APIJSON {
    /// The schema `API`.
    static func full(_ api: APIRecord) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("id", JSONValue(api.id)), ("name", JSONValue(api.name)), ("displayName", JSONValue(api.displayName)),
            ("description", JSONValue(api.description)), ("context", JSONValue(api.contextTemplate.displayed)),
            ("version", JSONValue(api.version)), ("provider", JSONValue(api.provider)),
            ("lifeCycleStatus", JSONValue(api.lifecycleState.rawValue)), ("type", JSONValue(api.type)),
            ("hasThumbnail", JSONValue(api.hasThumbnail)), ("isDefaultVersion", JSONValue(api.isDefaultVersion)),
            ("isRevision", false), ("revisionId", 0), ("gatewayVendor", JSONValue(api.gatewayVendor)),
            ("workflowStatus", "APPROVED"), ("createdTime", JSONValue(String(api.createdMilliseconds))),
            ("lastUpdatedTime", JSONValue(String(api.updatedMilliseconds))),
            ("lastUpdatedTimestamp", JSONValue(String(api.updatedMilliseconds))),
        ]
        members += api.document.filter { $0.name != "displayName" && $0.name != "description" }.map { ($0.name, $0.value) }
        return .object(JSONObject(members))
    }

    /// The schema `APIInfo`, for lists.
    static func info(_ api: APIRecord) -> JSONValue {
        var members = summary(api)
        for name in ["additionalProperties", "additionalPropertiesMap", "audiences", "securityScheme"] {
            members[name] = api.document[name]
        }
        members["type"] = JSONValue(api.type)
        members["subtype"] = api.document["subtypeConfiguration"]?["subtype"]
        members["lifeCycleStatus"] = JSONValue(api.lifecycleState.rawValue)
        members["workflowStatus"] = "APPROVED"
        members["updatedBy"] = JSONValue(api.updatedBy)
        members["egress"] = api.document["egress"]
        members["initiatedFromGateway"] = JSONValue(api.isDiscovered)
        return .object(members)
    }

    /// The schema `APISearchResult`.
    static func searchResult(_ api: APIRecord) -> JSONValue {
        var members = summary(api)
        members["type"] = api.isProduct ? "APIProduct" : "API"
        members["transportType"] = JSONValue(api.type)
        members["contextTemplate"] = JSONValue(api.contextTemplate.text)
        members["status"] = JSONValue(api.lifecycleState.rawValue)
        members["thumbnailUri"] = nil
        return .object(members)
    }

    /// What lists and search results share.
    private static func summary(_ api: APIRecord) -> JSONObject {
        var members = JSONObject([
            ("id", JSONValue(api.id)), ("name", JSONValue(api.name)), ("displayName", JSONValue(api.displayName)),
            ("description", JSONValue(api.description)), ("context", JSONValue(api.contextTemplate.displayed)),
            ("version", JSONValue(api.version)), ("provider", JSONValue(api.provider)),
            ("hasThumbnail", JSONValue(api.hasThumbnail)), ("createdTime", JSONValue(String(api.createdMilliseconds))),
            ("updatedTime", JSONValue(String(api.updatedMilliseconds))), ("gatewayVendor", JSONValue(api.gatewayVendor)),
            ("gatewayType", JSONValue(api.gatewayType)), ("advertiseOnly", JSONValue(api.isThirdParty)),
            ("monetizedInfo", api.document["monetization"]?["enabled"] ?? false),
        ])
        let business = api.document["businessInformation"]
        members["businessOwner"] = business?["businessOwner"]
        members["businessOwnerEmail"] = business?["businessOwnerEmail"]
        members["TechnicalOwner"] = business?["technicalOwner"]
        members["TechnicalOwnerEmail"] = business?["technicalOwnerEmail"]
        return members
    }
}
