import ContractRouter
import Documents
import Model
import Operating

/// Shows and switches the correlation log. Administrators of all tenants may look, those of the super tenant may change.
struct CorrelationLogHandlers: Sendable {
    let logs: CorrelationLogs

    func register(in table: inout HandlerTable) {
        table.handle(DevOpsHandlers.contract, "getConfigCorrelation", show)
        table.handle(DevOpsHandlers.contract, "putConfigCorrelation", set)
    }

    private func show(_ request: APIRequest) async throws -> APIResponse {
        try DevOpsHandlers.requireAdministrator(request, ofSuperTenant: false)
        return Self.answer(try await logs.components())
    }

    private func set(_ request: APIRequest) async throws -> APIResponse {
        try DevOpsHandlers.requireAdministrator(request)
        let components = try (request.json["components"]?.array ?? []).map(Self.component)
        return Self.answer(try await logs.set(components, request.changeContext))
    }

    private static func component(_ json: JSONValue) throws -> CorrelationComponent {
        let text = json["name"]?.string ?? ""
        guard let name = CorrelationComponent.Name(rawValue: text) else {
            throw CatalogueError.correlationComponentUnknown(text)
        }
        // The contract has the flag as a text.
        guard let enabled = json["enabled"]?.string.flatMap({ Bool($0.lowercased()) }) else {
            throw CatalogueError.correlationComponentInvalid(text)
        }
        return CorrelationComponent(
            name: name, isEnabled: enabled,
            properties: (json["properties"]?.array ?? []).map {
                .init(name: $0["name"]?.string ?? "", values: $0["value"]?.strings ?? [])
            })
    }

    private static func answer(_ components: [CorrelationComponent]) -> APIResponse {
        .ok(["components": .array(components.map(\.json))])
    }
}

extension CorrelationComponent {
    fileprivate var json: JSONValue {
        [
            "name": JSONValue(name.rawValue), "enabled": isEnabled ? "true" : "false",
            "properties": .array(properties.map { ["name": JSONValue($0.name), "value": JSONValue($0.values)] }),
        ]
    }
}
