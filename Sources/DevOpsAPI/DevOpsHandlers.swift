import ContractRouter
import Model
import Operating

/// The operations of the contract `devops-v0`: logs that are switched on while the platform runs.
public struct DevOpsHandlers: Sendable {
    static let contract = "devops-v0"

    let apiLogs: APILogs
    let correlationLogs: CorrelationLogs
    let tenant: @Sendable (String) async throws -> Tenant?

    /// - Parameter tenant: the active tenant of a domain.
    public init(
        apiLogs: APILogs, correlationLogs: CorrelationLogs, tenant: @escaping @Sendable (String) async throws -> Tenant?
    ) {
        self.apiLogs = apiLogs
        self.correlationLogs = correlationLogs
        self.tenant = tenant
    }

    public func register(in table: inout HandlerTable) {
        APILogHandlers(logs: apiLogs, tenant: tenant).register(in: &table)
        CorrelationLogHandlers(logs: correlationLogs).register(in: &table)
    }

    /// The contract asks for a user and for no scope, but not everybody may see the traffic of all tenants.
    static func requireAdministrator(_ request: APIRequest, ofSuperTenant isSuper: Bool = true) throws {
        let caller = try request.caller()
        guard caller.scopes.contains("apim:admin"), !isSuper || caller.tenant == .superTenant else {
            throw CatalogueError.loggingPermissionDenied
        }
    }
}
