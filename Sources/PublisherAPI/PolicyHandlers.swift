import ContractRouter
import Documents
import Model
import Publishing

/// Throttling policies as publishers choose among them.
struct PolicyHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAllThrottlingPolicies", list)
        table.publisher("getThrottlingPolicyByName", read)
        table.publisher("getSubscriptionThrottlingPolicies", listStreaming)
        table.publisher("getAPISubscriptionPolicies", listOfAPI)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let countsTokens = request.query["isAiApi"]?.bool ?? false
        let offered = try await policies(of: request).filter { policy in
            policy.level == .advanced || (countsTokens ? policy.countsTokens : policy.countsCalls)
        }
        return Self.page(offered.map(PolicyJSON.publisher), request)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let name = request.pathParameter("policyName")
        guard let policy = try await policies(of: request).first(where: { $0.name == name }) else {
            throw CatalogueError.notFound("throttling policy", id: name)
        }
        return .ok(PolicyJSON.publisher(policy))
    }

    private func listStreaming(_ request: APIRequest) async throws -> APIResponse {
        let all = try await services.policies(level: .subscription, of: request.caller().tenant)
        return Self.page(all.filter { $0.isOffered && $0.countsEvents }.map(PolicyJSON.streaming), request)
    }

    private func listOfAPI(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let api = try await services.apis.api(request.pathParameter("apiId"), for: caller)
        let all = try await services.policies(level: .subscription, of: caller.tenant)
        return .ok(.array(all.filter { api.policies.contains($0.name) }.map(PolicyJSON.publisher)))
    }

    private func policies(of request: APIRequest) async throws -> [ThrottlingPolicy] {
        let text = request.pathParameter("policyLevel")
        // The contract that clients were generated from leaves a letter out.
        let levels: [String: ThrottlingLevel] = [
            "subscription": .subscription, "subcription": .subscription, "api": .advanced,
        ]
        guard let level = levels[text] else { throw CatalogueError.notFound("throttling policy level", id: text) }
        return try await services.policies(level: level, of: request.caller().tenant).filter(\.isOffered)
    }

    private static func page(_ items: [JSONValue], _ request: APIRequest) -> APIResponse {
        .list(Array(items.dropFirst(request.page.offset).prefix(request.page.limit)), total: items.count, of: request)
    }
}

extension ThrottlingPolicy {
    var countsTokens: Bool { if case .tokens = limit.quota { true } else { false } }
    var countsEvents: Bool { if case .events = limit.quota { true } else { false } }
}

/// Throttling policies as the contract's schemas show them.
enum PolicyJSON {
    /// The schema `ThrottlingPolicy`.
    static func publisher(_ policy: ThrottlingPolicy) -> JSONValue {
        var members: JSONValue = [
            "name": JSONValue(policy.name), "displayName": JSONValue(policy.displayName),
            "description": JSONValue(policy.description),
            "policyLevel": JSONValue(policy.level == .advanced ? "api" : "subscription"),
            "unitTime": JSONValue(policy.limit.unitTime), "timeUnit": JSONValue(policy.limit.timeUnit.text),
            "rateLimitCount": JSONValue(policy.burst?.count ?? 0),
            "tierPlan": JSONValue((policy.plan?.billing ?? .free).rawValue),
            "stopOnQuotaReach": JSONValue(policy.plan?.stopsOnQuotaReach ?? true),
        ]
        members["rateLimitTimeUnit"] = policy.burst.map { JSONValue($0.timeUnit.rawValue) }
        members["attributes"] = policy.plan.map { plan in
            .object(JSONObject(plan.attributes.map { ($0.name, JSONValue($0.value)) }))
        }
        addQuota(policy.limit.quota, to: &members)
        return members
    }

    private static func addQuota(_ quota: ThrottlingQuota, to members: inout JSONValue) {
        switch quota {
        case .requests(let count), .events(let count):
            members["requestCount"] = JSONValue(count)
            members["quotaPolicyType"] = "REQUESTCOUNT"
        case .bandwidth(let amount, let unit):
            members["requestCount"] = JSONValue(amount)
            members["dataUnit"] = JSONValue(unit.rawValue)
            members["quotaPolicyType"] = "BANDWIDTHVOLUME"
        case .tokens(let requests, let total, let prompt, let completion):
            members["requestCount"] = JSONValue(requests)
            members["totalTokenCount"] = total.map { JSONValue($0) }
            members["promptTokenCount"] = prompt.map { JSONValue($0) }
            members["completionTokenCount"] = completion.map { JSONValue($0) }
            members["quotaPolicyType"] = "AIAPIQUOTA"
        }
    }

    /// The schema `SubscriptionPolicy` of a plan that counts events.
    static func streaming(_ policy: ThrottlingPolicy) -> JSONValue {
        var count = 0
        if case .events(let events) = policy.limit.quota { count = events }
        return [
            "policyId": JSONValue(policy.number), "uuid": JSONValue(policy.id), "policyName": JSONValue(policy.name),
            "displayName": JSONValue(policy.displayName), "description": JSONValue(policy.description), "isDeployed": true,
            "defaultLimit": [
                "type": "EVENTCOUNTLIMIT",
                "eventCount": [
                    "timeUnit": JSONValue(policy.limit.timeUnit.text), "unitTime": JSONValue(policy.limit.unitTime),
                    "eventCount": JSONValue(count),
                ],
            ],
            "subscriberCount": JSONValue(policy.plan?.subscriberCount ?? 0),
            "stopOnQuotaReach": JSONValue(policy.plan?.stopsOnQuotaReach ?? true),
            "billingPlan": JSONValue((policy.plan?.billing ?? .free).rawValue),
        ]
    }
}
