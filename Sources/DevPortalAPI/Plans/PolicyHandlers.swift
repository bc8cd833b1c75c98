import Consuming
import ContractRouter
import Documents
import Model

/// Throttling policies that consumers may choose.
struct PolicyHandlers: Sendable {
    let services: DevPortalServices

    func register(in operations: inout DevPortalOperations) {
        operations.handle("getThrottlingPoliciesByPolicylevel", list)
        operations.handle("getThrottlingPoliciesByPolicylevelByPolicyid", find)
        operations.handle("getApisByApiidSubscriptionPolicies", plansOfAPI)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.policies.list(
            try request.policyLevel, tenant: request.tenant, principal: request.principal)
        let page = request.page
        let items = found.dropFirst(page.offset).prefix(page.limit).map(\.json)
        return .list(Array(items), total: found.count, of: request)
    }

    /// `policyId` is the policy's name.
    private func find(_ request: APIRequest) async throws -> APIResponse {
        let policy = try await services.policies.find(
            try request.policyLevel, named: request.pathParameter("policyId"), tenant: request.tenant,
            principal: request.principal)
        return .ok(policy.json)
    }

    private func plansOfAPI(_ request: APIRequest) async throws -> APIResponse {
        let (api, _) = try await services.apis.find(
            id: request.pathParameter("apiId"), tenant: request.tenant, viewer: request.principal)
        let offered = try await services.policies.list(
            .subscription, tenant: request.tenant, principal: request.principal)
        return .ok(.array(offered.filter { api.plans.contains($0.name) }.map(\.json)))
    }
}

extension APIRequest {
    fileprivate var policyLevel: ThrottlingLevel {
        get throws {
            switch pathParameter("policyLevel") {
            case "application": .application
            case "subscription": .subscription
            default: throw CatalogueError.unsupportedPolicyLevel
            }
        }
    }
}

extension ThrottlingPolicy {
    fileprivate var json: JSONValue {
        var json: JSONValue = [
            "name": JSONValue(name), "description": JSONValue(description), "policyLevel": JSONValue(level.rawValue),
            "attributes": .object(attributes), "unitTime": JSONValue(limit.unitTime),
            "timeUnit": JSONValue(limit.timeUnit.text), "rateLimitCount": JSONValue(burst?.count ?? 0),
            "tierPlan": JSONValue(plan?.billing.rawValue ?? "FREE"),
            "stopOnQuotaReach": JSONValue(plan?.stopsOnQuotaReach ?? true),
        ]
        json["rateLimitTimeUnit"] = burst.map { JSONValue($0.timeUnit.rawValue) }
        switch limit.quota {
        case .requests(let count):
            json["requestCount"] = JSONValue(count)
            json["quotaPolicyType"] = "REQUESTCOUNT"
        case .bandwidth(let amount, let unit):
            json["requestCount"] = JSONValue(amount)
            json["dataUnit"] = JSONValue(unit.rawValue)
            json["quotaPolicyType"] = "BANDWIDTHVOLUME"
        case .events(let count): json["requestCount"] = JSONValue(count)
        case .tokens(let requests, _, _, _): json["requestCount"] = JSONValue(requests)
        }
        json["throttlingPolicyPermissions"] = plan?.permission.map {
            ["type": JSONValue($0.kind.rawValue.lowercased()), "roles": JSONValue($0.roles)]
        }
        return json
    }

    private var attributes: JSONObject {
        JSONObject((plan?.attributes ?? []).map { ($0.name, JSONValue($0.value)) })
    }
}
