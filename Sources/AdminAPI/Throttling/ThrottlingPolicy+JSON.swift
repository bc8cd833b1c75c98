import Documents
import Model

/// Throttling policies as the admin contract shows them.
extension ThrottlingPolicy {
    var json: JSONValue {
        var json = common
        json["defaultLimit"] = limit.json
        switch level {
        case .application: json["burstLimit"] = burst.map { $0.json }
        case .subscription: addPlan(to: &json)
        case .advanced:
            json["conditionalGroups"] = .array(conditionalGroups.map(\.json))
            if isPerUser == true { json["applicableLevel"] = "userLevel" }
        }
        return json
    }

    /// An entry of the list of one level: advanced policies without their groups.
    var infoJSON: JSONValue {
        var json = json
        json["conditionalGroups"] = nil
        json["applicableLevel"] = nil
        return json
    }

    /// An entry of a search over all levels.
    var details: JSONValue {
        [
            "policyId": JSONValue(number), "uuid": JSONValue(id), "policyName": JSONValue(name),
            "displayName": JSONValue(displayName), "description": JSONValue(description), "isDeployed": true,
            "type": JSONValue(PolicyType(level).rawValue),
        ]
    }

    private var common: JSONValue {
        [
            "policyId": JSONValue(id), "policyName": JSONValue(name), "displayName": JSONValue(displayName),
            "description": JSONValue(description), "isDeployed": true, "type": JSONValue(schemaName),
        ]
    }

    private var schemaName: String {
        switch level {
        case .application: "ApplicationThrottlePolicy"
        case .subscription: "SubscriptionThrottlePolicy"
        case .advanced: "AdvancedThrottlePolicy"
        }
    }

    private func addPlan(to json: inout JSONValue) {
        let plan = plan ?? BusinessPlan()
        json["graphQLMaxComplexity"] = JSONValue(plan.maximumComplexity)
        json["graphQLMaxDepth"] = JSONValue(plan.maximumDepth)
        json["monetization"] = plan.monetization.map(\.json)
        json["rateLimitCount"] = JSONValue(burst?.count ?? 0)
        json["rateLimitTimeUnit"] = burst.map { JSONValue($0.timeUnit.rawValue) }
        json["subscriberCount"] = JSONValue(plan.subscriberCount)
        json["customAttributes"] = .array(plan.attributes.map { ["name": JSONValue($0.name), "value": JSONValue($0.value)] })
        json["stopOnQuotaReach"] = JSONValue(plan.stopsOnQuotaReach)
        json["billingPlan"] = JSONValue(plan.billing.rawValue)
        json["permissions"] = plan.permission.map {
            ["permissionType": JSONValue($0.kind.rawValue), "roles": JSONValue($0.roles)]
        }
    }
}

extension BurstLimit {
    fileprivate var json: JSONValue {
        ["rateLimitCount": JSONValue(count), "rateLimitTimeUnit": JSONValue(timeUnit.rawValue)]
    }
}

extension BusinessPlan.Monetization {
    fileprivate var json: JSONValue {
        let sorted = properties.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
        var json: JSONValue = ["properties": .object(JSONObject(sorted))]
        json["monetizationPlan"] = plan.map { JSONValue($0) }
        return json
    }
}

extension ThrottlingLimit {
    var json: JSONValue {
        var inner: JSONValue = ["timeUnit": JSONValue(timeUnit.text), "unitTime": JSONValue(unitTime)]
        switch quota {
        case .requests(let count):
            inner["requestCount"] = JSONValue(count)
            return ["type": "REQUESTCOUNTLIMIT", "requestCount": inner]
        case .bandwidth(let amount, let unit):
            inner["dataAmount"] = JSONValue(amount)
            inner["dataUnit"] = JSONValue(unit.rawValue)
            return ["type": "BANDWIDTHLIMIT", "bandwidth": inner]
        case .events(let count):
            inner["eventCount"] = JSONValue(count)
            return ["type": "EVENTCOUNTLIMIT", "eventCount": inner]
        case .tokens(let requests, let total, let prompt, let completion):
            inner["requestCount"] = JSONValue(requests)
            inner["totalTokenCount"] = total.map { JSONValue($0) }
            inner["promptTokenCount"] = prompt.map { JSONValue($0) }
            inner["completionTokenCount"] = completion.map { JSONValue($0) }
            return ["type": "AIAPIQUOTALIMIT", "aiApiQuota": inner]
        }
    }
}

extension ConditionalGroup {
    fileprivate var json: JSONValue {
        [
            "description": JSONValue(description), "conditions": .array(conditions.map(\.json)),
            "limit": limit.json,
        ]
    }
}

extension ThrottlingCondition {
    fileprivate var json: JSONValue {
        switch test {
        case .header(let name, let value):
            form("HEADERCONDITION", "headerCondition", ["headerName": JSONValue(name), "headerValue": JSONValue(value)])
        case .address(let address):
            form("IPCONDITION", "ipCondition", ["ipConditionType": "IPSPECIFIC", "specificIP": JSONValue(address)])
        case .addressRange(let from, let to):
            form(
                "IPCONDITION", "ipCondition",
                ["ipConditionType": "IPRANGE", "startingIP": JSONValue(from), "endingIP": JSONValue(to)])
        case .queryParameter(let name, let value):
            form(
                "QUERYPARAMETERCONDITION", "queryParameterCondition",
                ["parameterName": JSONValue(name), "parameterValue": JSONValue(value)])
        case .claim(let name, let value):
            form(
                "JWTCLAIMSCONDITION", "jwtClaimsCondition", ["claimUrl": JSONValue(name), "attribute": JSONValue(value)])
        }
    }

    private func form(_ type: String, _ member: String, _ value: JSONValue) -> JSONValue {
        var json: JSONValue = ["type": JSONValue(type), "invertCondition": JSONValue(isInverted)]
        json[member] = value
        return json
    }
}
