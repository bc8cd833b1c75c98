import Consuming
import Documents
import Model

/// APIs as the contract shows them.
extension PublishedAPI {
    /// An entry of a list.
    var infoJSON: JSONValue {
        var json = common
        json["createdTime"] = JSONValue(String(createdMilliseconds))
        json["lifeCycleStatus"] = JSONValue(lifecycleState)
        json["throttlingPolicies"] = JSONValue(plans)
        json["isSubscriptionAvailable"] = JSONValue(isSubscribable)
        json["gatewayType"] = JSONValue(document["gatewayType"]?.string ?? "wso2/synapse")
        json["gatewayVendor"] = JSONValue(gatewayVendor)
        json["additionalProperties"] = .array(shownProperties)
        if hasThumbnail { json["thumbnailUri"] = JSONValue("/apis/\(id)/thumbnail") }
        json["monetizedInfo"] = false
        return json
    }

    /// An entry of a search.
    var searchJSON: JSONValue {
        var json = common
        json["type"] = "API"
        json["transportType"] = JSONValue(type)
        json["status"] = JSONValue(lifecycleState)
        if hasThumbnail { json["thumbnailUri"] = JSONValue("/apis/\(id)/thumbnail") }
        return json
    }

    /// The whole API. `plans` are the policies that the caller may choose.
    func json(addresses: GatewayAddresses, plans: [ThrottlingPolicy]) -> JSONValue {
        var json = infoJSON
        for member in ["throttlingPolicies", "thumbnailUri", "monetizedInfo"] { json[member] = nil }
        json["isDefaultVersion"] = JSONValue(isDefaultVersion)
        json["transport"] = JSONValue(transports)
        json["operations"] = .array(operations)
        json["authorizationHeader"] = document["authorizationHeader"]
        json["apiKeyHeader"] = document["apiKeyHeader"]
        json["securityScheme"] = JSONValue(securitySchemes)
        json["tags"] = JSONValue(tags)
        json["tiers"] = .array(plans.filter { self.plans.contains($0.name) }.map(\.tierJSON))
        json["hasThumbnail"] = JSONValue(hasThumbnail)
        json["monetization"] = ["enabled": false]
        json["endpointURLs"] = addresses.json(of: self)
        json["environmentList"] = JSONValue(addresses.environmentNames)
        json["scopes"] = .array(scopeInfos)
        json["categories"] = JSONValue(document["categories"]?.strings ?? [])
        json["keyManagers"] = document["keyManagers"]
        json["lastUpdatedTime"] = JSONValue(String(updatedMilliseconds))
        return json
    }

    /// The scopes that operations ask for.
    var scopeInfos: [JSONValue] {
        (document["scopes"]?.array ?? []).compactMap { entry in
            guard let scope = entry["scope"], let name = scope["name"]?.string else { return nil }
            return [
                "key": JSONValue(name), "name": JSONValue(scope["displayName"]?.string ?? name),
                "roles": JSONValue(scope["bindings"]?.strings ?? []),
                "description": JSONValue(scope["description"]?.string ?? ""),
            ]
        }
    }

    private var common: JSONValue {
        var json: JSONValue = [
            "id": JSONValue(id), "name": JSONValue(name), "displayName": JSONValue(displayName),
            "description": JSONValue(description), "context": JSONValue(context), "version": JSONValue(version),
            "type": JSONValue(type), "provider": JSONValue(provider), "avgRating": "0.0",
        ]
        json["businessInformation"] = document["businessInformation"].map(Self.contacts)
        json["advertiseInfo"] = document["advertiseInfo"].map(Self.advertisement)
        return json
    }

    private var operations: [JSONValue] {
        (document["operations"]?.array ?? []).map { operation in
            var json: JSONValue = [
                "target": JSONValue(operation["target"]?.string ?? ""), "verb": JSONValue(operation["verb"]?.string ?? ""),
            ]
            json["id"] = operation["id"]?.string.map { JSONValue($0) }
            return json
        }
    }

    /// Custom properties that the publisher shows to consumers.
    private var shownProperties: [JSONValue] {
        (document["additionalProperties"]?.array ?? []).filter { $0["display"]?.bool == true }
    }

    private static func contacts(_ json: JSONValue) -> JSONValue {
        members(["businessOwner", "businessOwnerEmail", "technicalOwner", "technicalOwnerEmail"], of: json)
    }

    private static func advertisement(_ json: JSONValue) -> JSONValue {
        members(
            [
                "advertised", "apiExternalProductionEndpoint", "apiExternalSandboxEndpoint", "originalDevPortalUrl",
                "apiOwner", "vendor",
            ], of: json)
    }

    private static func members(_ names: [String], of json: JSONValue) -> JSONValue {
        .object(
            JSONObject(
                names.compactMap { name in
                    guard let value = json[name], !value.isNull else { return nil }
                    return (name, value)
                }))
    }
}

extension ThrottlingPolicy {
    fileprivate var tierJSON: JSONValue {
        ["tierName": JSONValue(name), "tierPlan": JSONValue(plan?.billing.rawValue ?? "FREE")]
    }
}
