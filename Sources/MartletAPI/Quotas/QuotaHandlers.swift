import Consuming
import ContractRouter
import Documents
import Model

/// What is left of quotas.
struct QuotaHandlers: Sendable {
    let quotas: ApplicationQuotas

    func register(in table: inout HandlerTable) {
        table.handle(MartletHandlers.contract, "getQuotasOfApplication", list)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let report = try await quotas.list(
            application: request.pathParameter("applicationId"), userName: request.query["user"]?.string, principal: caller,
            administers: caller.scopes.contains("apim:admin"), nowMilliseconds: request.milliseconds)
        return .ok([
            "counting": report.isShared ? "TOGETHER" : "EACH_GATEWAY", "silentGateways": JSONValue(report.silent),
            "count": JSONValue(report.states.count), "list": .array(report.states.map(\.json)),
        ])
    }
}

extension QuotaState {
    fileprivate var json: JSONValue {
        var json: JSONValue = ["level": JSONValue(level.rawValue), "policy": JSONValue(policy)]
        if let user { json["user"] = JSONValue(user) }
        if let place {
            json["subscriptionId"] = JSONValue(place.subscriptionID)
            json["apiId"] = JSONValue(place.apiID)
            json["apiName"] = JSONValue(place.apiName)
            json["apiVersion"] = JSONValue(place.apiVersion)
        }
        json["unit"] = JSONValue(unit.rawValue)
        json["limit"] = JSONValue(limit)
        json["used"] = JSONValue(used)
        json["remaining"] = JSONValue(remaining)
        json["windowSeconds"] = JSONValue(windowMilliseconds / 1000)
        json["resetTime"] = Timestamp.json(resetMilliseconds)
        if !shares.isEmpty {
            json["gateways"] = .array(
                shares.map {
                    [
                        "gatewayId": JSONValue($0.gateway), "used": JSONValue($0.used),
                        "remaining": JSONValue(max(0, limit - $0.used)),
                    ]
                })
        }
        return json
    }
}
