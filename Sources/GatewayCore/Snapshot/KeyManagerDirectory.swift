import Model

/// The key managers of all tenants; few enough to be copied whole.
struct KeyManagerDirectory: Sendable {
    private var managers: [String: CompiledKeyManager] = [:]
    private var byIssuer: [Issuer: [CompiledKeyManager]] = [:]

    private struct Issuer: Hashable {
        var tenant: Int
        var issuer: String
    }

    /// The key managers with the given issuer that a tenant may use: its own ones first, each group in order of name.
    func managers(tenant: Int, issuer: String) -> [CompiledKeyManager] {
        let own = byIssuer[Issuer(tenant: tenant, issuer: issuer)] ?? []
        return own + (byIssuer[Issuer(tenant: GatewayKeyManager.everyTenant, issuer: issuer)] ?? [])
    }

    /// Whether a key manager is still the one of its name and issuer that a tenant may use.
    func contains(_ manager: CompiledKeyManager, tenant: Int) -> Bool {
        managers(tenant: tenant, issuer: manager.issuer).contains { $0 === manager }
    }

    /// All key managers that a tenant may use, in the order in which they are asked about tokens of no known issuer: the platform's own first,
    /// which answers at once and shows the token to nobody.
    func all(tenant: Int) -> [CompiledKeyManager] {
        managers.values.filter {
            ($0.tenant == tenant || $0.isGlobal) && $0.name != GatewayKeyManager.apiKeyIssuerName
        }.sorted { (Self.rank($0), $0.name) < (Self.rank($1), $1.name) }
    }

    private static func rank(_ manager: CompiledKeyManager) -> Int {
        manager.name == GatewayKeyManager.residentName ? 0 : manager.isGlobal ? 2 : 1
    }

    /// The issuer of a tenant's API keys and test keys; else that of the super tenant.
    func apiKeyIssuer(tenant: Int) -> CompiledKeyManager? {
        let name = GatewayKeyManager.apiKeyIssuerName
        return managers["\(tenant)/\(name)"] ?? managers["\(Tenant.superTenant.id)/\(name)"]
    }

    var keys: [String] { Array(managers.keys) }

    mutating func set(_ manager: CompiledKeyManager?, for key: String) {
        managers[key] = manager
        let tokenIssuers = managers.values.filter { $0.name != GatewayKeyManager.apiKeyIssuerName }
        byIssuer = Dictionary(grouping: tokenIssuers) { Issuer(tenant: $0.tenant, issuer: $0.issuer) }
            .mapValues { $0.sorted { $0.name < $1.name } }
    }
}
