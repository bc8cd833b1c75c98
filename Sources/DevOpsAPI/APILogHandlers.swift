import ContractRouter
import Documents
import Model
import Operating

/// Shows and sets how calls of APIs are logged.
struct APILogHandlers: Sendable {
    let logs: APILogs
    let tenant: @Sendable (String) async throws -> Tenant?

    func register(in table: inout HandlerTable) {
        table.handle(DevOpsHandlers.contract, "getTenantLogsByTenantApis", list)
        table.handle(DevOpsHandlers.contract, "getTenantLogsByTenantApisByApiid", find)
        table.handle(DevOpsHandlers.contract, "putTenantLogsByTenantApisByApiid", set)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        try DevOpsHandlers.requireAdministrator(request)
        let level = try request.query["log-level"]?.string.map(Self.level)
        return Self.answer(try await logs.list(tenant: try await tenant(of: request), level: level))
    }

    private func find(_ request: APIRequest) async throws -> APIResponse {
        try DevOpsHandlers.requireAdministrator(request)
        return Self.answer(
            try await logs.find(apiID: request.pathParameter("apiId"), tenant: try await tenant(of: request)))
    }

    private func set(_ request: APIRequest) async throws -> APIResponse {
        try DevOpsHandlers.requireAdministrator(request)
        let rule = try Self.rule(request.json)
        let tenant = try await tenant(of: request)
        return Self.answer(
            try await logs.set(rule, apiID: request.pathParameter("apiId"), tenant: tenant, request.changeContext))
    }

    private func tenant(of request: APIRequest) async throws -> Tenant {
        let domain = request.pathParameter("tenant").lowercased()
        guard let tenant = try await tenant(domain) else { throw CatalogueError.tenantNotFound(domain) }
        return tenant
    }

    private static func level(_ text: String) throws -> APILogLevel {
        guard let level = APILogLevel(rawValue: text.uppercased()) else { throw CatalogueError.logLevelUnknown(text) }
        return level
    }

    /// A path that clients write without its first slash is taken with it.
    private static func rule(_ json: JSONValue) throws -> APILogRule {
        let verb = json["resourceMethod"]?.string.flatMap { $0.isEmpty ? nil : $0.uppercased() }
        let path = json["resourcePath"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard (verb == nil) == (path == nil) else { throw CatalogueError.loggedOperationIncomplete }
        return APILogRule(
            verb: verb, target: path.map { $0.hasPrefix("/") ? $0 : "/" + $0 },
            level: try level(json["logLevel"]?.string ?? ""))
    }

    private static func answer(_ entries: [APILogs.Entry]) -> APIResponse {
        .ok(["apis": .array(entries.map(\.json))])
    }
}

extension APILogs.Entry {
    fileprivate var json: JSONValue {
        var json: JSONValue = [
            "context": JSONValue(api.context), "logLevel": JSONValue(rule.level.rawValue), "apiId": JSONValue(api.id),
        ]
        if let verb = rule.verb { json["resourceMethod"] = JSONValue(verb) }
        if let target = rule.target { json["resourcePath"] = JSONValue(target) }
        return json
    }
}
