import ContractRouter
import Documents
import Model
import Operating

/// The settings of the admin portal.
struct SettingsHandlers: Sendable {
    let settings: AdminSettings

    func register(in table: inout HandlerTable) {
        table.handle(AdminHandlers.contract, "getSettings", read)
    }

    /// Without a credential only the scopes, which a portal needs to sign a user in.
    private func read(_ request: APIRequest) async throws -> APIResponse {
        var json: JSONValue = ["scopes": JSONValue(settings.scopes)]
        guard request.principal != nil else { return .ok(json) }
        json["gatewayTypes"] = JSONValue(settings.gatewayTypes)
        json["IsJWTEnabledForLoginTokens"] = false
        json["orgAccessControlEnabled"] = false
        json["analyticsEnabled"] = false
        json["transactionCounterEnable"] = false
        json["isGatewayNotificationEnabled"] = true
        json["keyManagerConfiguration"] = .array(settings.keyManagerTypes)
        json["gatewayConfiguration"] = .array(settings.gatewayTypes.map(Self.configuration))
        return .ok(json)
    }

    private static func configuration(_ type: String) -> JSONValue {
        [
            "type": JSONValue(type), "displayName": JSONValue(type), "supportedModes": ["WRITE_ONLY"],
            "configurations": [],
        ]
    }
}
