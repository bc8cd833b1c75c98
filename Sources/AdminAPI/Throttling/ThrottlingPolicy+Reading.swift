import Documents
import Model

/// Throttling policies out of request bodies that the contract has already accepted in shape.
extension ThrottlingPolicy {
    init(json: JSONValue, level: ThrottlingLevel) throws {
        let name = json["policyName"]?.string ?? ""
        let limit = try ThrottlingLimit(json: json["defaultLimit"] ?? [:])
        self.init(
            id: "", number: 0, level: level, name: name, displayName: json["displayName"]?.string,
            description: json["description"]?.string ?? "", limit: limit)
        switch level {
        case .application: burst = try BurstLimit(json: json["burstLimit"] ?? [:])
        case .subscription:
            burst = try BurstLimit(json: json)
            plan = try BusinessPlan(json: json)
        case .advanced:
            conditionalGroups = try (json["conditionalGroups"]?.array ?? []).map(ConditionalGroup.init)
            isPerUser = json["applicableLevel"]?.string == "userLevel" ? true : nil
        }
    }
}

extension BurstLimit {
    /// `nil` when no count, or the count 0, is given.
    fileprivate init?(json: JSONValue) throws {
        guard let count = json["rateLimitCount"]?.int, count != 0 else { return nil }
        let text = json["rateLimitTimeUnit"]?.string ?? TimeUnit.minute.rawValue
        guard let unit = TimeUnit(rawValue: text.lowercased()) else {
            throw CatalogueError.badRequest("rateLimitTimeUnit must be 'sec' or 'min'")
        }
        self.init(count: count, timeUnit: unit)
    }
}

extension BusinessPlan {
    fileprivate init(json: JSONValue) throws {
        let billing = json["billingPlan"]?.string ?? Billing.free.rawValue
        guard let billing = Billing(rawValue: billing) else {
            throw CatalogueError.badRequest("billingPlan must be 'FREE' or 'COMMERCIAL'")
        }
        self.init(
            stopsOnQuotaReach: json["stopOnQuotaReach"]?.bool ?? false, billing: billing,
            permission: try json["permissions"].map(Permission.init), monetization: json["monetization"].map(Monetization.init),
            attributes: (json["customAttributes"]?.array ?? []).map(Attribute.init),
            subscriberCount: try json.count("subscriberCount"), maximumComplexity: try json.count("graphQLMaxComplexity"),
            maximumDepth: try json.count("graphQLMaxDepth"))
    }
}

extension BusinessPlan.Permission {
    fileprivate init(json: JSONValue) throws {
        guard let kind = Kind(rawValue: json["permissionType"]?.string ?? "") else {
            throw CatalogueError.badRequest("permissionType must be 'ALLOW' or 'DENY'")
        }
        self.init(kind: kind, roles: json["roles"]?.strings ?? [])
    }
}

extension BusinessPlan.Monetization {
    fileprivate init(json: JSONValue) {
        let members = json["properties"]?.object.map { Array($0) } ?? []
        let properties = members.reduce(into: [String: String]()) { $0[$1.name] = $1.value.string }
        self.init(plan: json["monetizationPlan"]?.string, properties: properties)
    }
}

extension BusinessPlan.Attribute {
    fileprivate init(json: JSONValue) {
        self.init(name: json["name"]?.string ?? "", value: json["value"]?.string ?? "")
    }
}

extension ThrottlingLimit {
    init(json: JSONValue) throws {
        let type = json["type"]?.string ?? ""
        let (member, inner) = try Self.quotaObject(of: json, type: type)
        let unit = inner["timeUnit"]?.string ?? ""
        guard let timeUnit = ThrottlingTimeUnit(unit) else {
            throw CatalogueError.badRequest("timeUnit of \(member) must be one of sec, min, hour, days, week, month and year")
        }
        self.init(try Self.quota(of: inner, type: type), per: inner["unitTime"]?.int ?? 0, timeUnit)
    }

    private static func quotaObject(of json: JSONValue, type: String) throws -> (member: String, value: JSONValue) {
        let members = [
            "REQUESTCOUNTLIMIT": "requestCount", "BANDWIDTHLIMIT": "bandwidth", "EVENTCOUNTLIMIT": "eventCount",
            "AIAPIQUOTALIMIT": "aiApiQuota",
        ]
        guard let member = members[type] else { throw CatalogueError.unsupportedLimitType(type) }
        guard let value = json[member], !value.isNull else { throw CatalogueError.missingQuota(member, type: type) }
        return (member, value)
    }

    private static func quota(of inner: JSONValue, type: String) throws -> ThrottlingQuota {
        switch type {
        case "REQUESTCOUNTLIMIT": return .requests(count: try inner.amount("requestCount"))
        case "EVENTCOUNTLIMIT": return .events(count: try inner.amount("eventCount"))
        case "BANDWIDTHLIMIT":
            guard let unit = ThrottlingQuota.DataUnit(rawValue: inner["dataUnit"]?.string?.uppercased() ?? "") else {
                throw CatalogueError.badRequest("dataUnit must be one of KB, MB and GB")
            }
            return .bandwidth(amount: try inner.amount("dataAmount"), unit: unit)
        default:
            return .tokens(
                requests: inner["requestCount"]?.int ?? 0, total: inner["totalTokenCount"]?.int,
                prompt: inner["promptTokenCount"]?.int, completion: inner["completionTokenCount"]?.int)
        }
    }
}

extension ConditionalGroup {
    fileprivate init(json: JSONValue) throws {
        self.init(
            description: json["description"]?.string ?? "",
            conditions: try (json["conditions"]?.array ?? []).map(ThrottlingCondition.init),
            limit: try ThrottlingLimit(json: json["limit"] ?? [:]))
    }
}

extension ThrottlingCondition {
    fileprivate init(json: JSONValue) throws {
        self.init(try Self.test(json), isInverted: json["invertCondition"]?.bool ?? false)
    }

    private static func test(_ json: JSONValue) throws -> Test {
        switch json["type"]?.string {
        case "HEADERCONDITION":
            let condition = try json.condition("headerCondition")
            return .header(name: try condition.required("headerName"), value: try condition.required("headerValue"))
        case "QUERYPARAMETERCONDITION":
            let condition = try json.condition("queryParameterCondition")
            return .queryParameter(
                name: try condition.required("parameterName"), value: try condition.required("parameterValue"))
        case "JWTCLAIMSCONDITION":
            let condition = try json.condition("jwtClaimsCondition")
            return .claim(name: try condition.required("claimUrl"), value: try condition.required("attribute"))
        case "IPCONDITION":
            return try address(try json.condition("ipCondition"))
        default:
            throw CatalogueError.unsupportedCondition("The condition type is not supported")
        }
    }

    private static func address(_ condition: JSONValue) throws -> Test {
        switch condition["ipConditionType"]?.string {
        case "IPSPECIFIC":
            return .address(try InternetAddress.checked(try condition.required("specificIP"), "specificIP"))
        case "IPRANGE":
            return .addressRange(
                from: try InternetAddress.checked(try condition.required("startingIP"), "startingIP"),
                to: try InternetAddress.checked(try condition.required("endingIP"), "endingIP"))
        default:
            throw CatalogueError.unsupportedCondition("ipConditionType must be 'IPSPECIFIC' or 'IPRANGE'")
        }
    }
}

extension JSONValue {
    fileprivate func condition(_ member: String) throws -> JSONValue {
        guard let condition = self[member], !condition.isNull else {
            throw CatalogueError.unsupportedCondition("\(member) object corresponding to the condition type not provided")
        }
        return condition
    }

    fileprivate func required(_ member: String) throws -> String {
        guard let text = self[member]?.string, !text.isEmpty else {
            throw CatalogueError.unsupportedCondition("\(member) must not be empty")
        }
        return text
    }

    /// A member without which a quota says nothing.
    fileprivate func amount(_ member: String) throws -> Int {
        guard let amount = self[member]?.int else { throw CatalogueError.badRequest("\(member) must be a whole number") }
        return amount
    }

    /// A member that counts something; absent means 0.
    fileprivate func count(_ member: String) throws -> Int {
        let count = self[member]?.int ?? 0
        if count < 0 { throw CatalogueError.badRequest("\(member) must not be negative") }
        return count
    }
}
