import ContractRouter
import Model

/// The operations of the contract `gateway-v2` that tell what a gateway has loaded (`docs/gateways.md`), for its administrators.
public struct InspectionHandlers: Sendable {
    static let contract = ReadinessHandlers.contract

    let inventory: any GatewayInventory

    public init(inventory: any GatewayInventory) { self.inventory = inventory }

    public func register(in table: inout HandlerTable) {
        LoadedAPIHandlers(inventory: inventory).register(in: &table)
        LoadedApplicationHandlers(inventory: inventory).register(in: &table)
        ArtifactHandlers(inventory: inventory).register(in: &table)
    }

    /// The tenant that a request is about. The contract asks for a user and for no scope, but only administrators may look, and those of a
    /// tenant see that tenant only.
    static func tenantDomain(of request: APIRequest) throws -> String {
        let caller = try request.caller()
        guard caller.scopes.contains("apim:admin") else { throw CatalogueError.inspectionDenied }
        let domain = request.query["tenantDomain"]?.string.flatMap { $0.isEmpty ? nil : $0.lowercased() }
        guard let domain, domain != caller.tenant.domain else { return caller.tenant.domain }
        guard caller.tenant == .superTenant else { throw CatalogueError.inspectionDenied }
        return domain
    }
}

extension GatewayInventory {
    /// The APIs of a tenant in a fixed order, one for each deployment that the gateway serves.
    func apis(of domain: String) async throws -> [GatewayAPI] {
        try await entities([.api]).compactMap { entity -> GatewayAPI? in
            guard case .api(let api) = entity, api.tenantDomain == domain else { return nil }
            return api
        }.sorted { ($0.number, $0.environment) < ($1.number, $1.environment) }
    }
}
