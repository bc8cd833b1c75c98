import ContractRouter
import Documents
import Model
import Operating

/// The operations of the contract `internal-data-v1` with which gateways of other products register and report (`docs/gateways.md`).
public struct GatewayNotificationHandlers: Sendable {
    static let contract = "internal-data-v1"
    /// The one entry of `loadingTenants` that stands for all.
    private static let allTenants = "WSO2-ALL-TENANTS"

    private let gateways: ReportingGateways

    public init(gateways: ReportingGateways) { self.gateways = gateways }

    public func register(in table: inout HandlerTable) {
        table.handle(Self.contract, "notifyGatewayPost", notify)
        table.handle(Self.contract, "notifyApiDeploymentStatusPost", report)
    }

    /// The contract asks for a user and for no scope, but not everybody may speak for a gateway.
    private static func administrator(of request: APIRequest) throws -> Principal {
        let caller = try request.caller()
        guard caller.scopes.contains("apim:admin") else { throw CatalogueError.gatewayReportDenied }
        return caller
    }

    private func notify(_ request: APIRequest) async throws -> APIResponse {
        let owner = try Self.administrator(of: request).tenant
        let json = request.json
        guard let id = json["gatewayId"]?.string, !id.isEmpty, id.utf8.count <= 255 else {
            throw CatalogueError.gatewayRegistrationIncomplete
        }
        guard json["payloadType"]?.string == "REGISTER" else {
            try await gateways.heartbeat(id, owner: owner, at: request.milliseconds)
            return .ok(["status": "ACKNOWLEDGED"])
        }
        guard let environments = json["environmentLabels"]?.strings, !environments.isEmpty else {
            throw CatalogueError.gatewayRegistrationIncomplete
        }
        let tenants = json["loadingTenants"]?.strings ?? []
        try await gateways.register(
            .init(
                id: id, environments: environments,
                tenants: tenants.contains(Self.allTenants) ? [] : tenants.map { $0.lowercased() },
                host: json["gatewayProperties"]?["ipAddress"]?.string ?? ""), owner: owner, at: request.milliseconds)
        return .ok(["status": "REGISTERED", "gatewayId": JSONValue(id)])
    }

    private func report(_ request: APIRequest) async throws -> APIResponse {
        let owner = try Self.administrator(of: request).tenant
        let reports = (request.json["list"]?.array ?? []).map { item in
            ReportingGateways.Report(
                gateway: item["gatewayId"]?.string ?? "", apiID: item["apiId"]?.string ?? "",
                revisionID: item["action"]?.string == "UNDEPLOY" ? nil : item["revisionId"]?.string,
                isFailure: item["deploymentStatus"]?.string == "FAILURE",
                milliseconds: item["timeStamp"]?.int.map(Int64.init) ?? request.milliseconds,
                message: item["errorMessage"]?.string)
        }
        try await gateways.take(reports, owner: owner)
        return .ok(["status": "RECEIVED"])
    }
}
