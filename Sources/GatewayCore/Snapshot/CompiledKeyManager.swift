import Model
import Tokens

/// An issuer with its keys prepared.
final class CompiledKeyManager: Sendable {
    let tenant: Int
    let name: String
    let issuer: String
    let consumerKeyClaim: String
    let scopesClaim: String
    let verifier: JWTVerifier

    /// `nil` for one that is switched off. One whose key set cannot be read accepts no token.
    init?(_ definition: GatewayKeyManager) {
        guard definition.enabled else { return nil }
        tenant = definition.tenant
        name = definition.name
        issuer = definition.issuer
        consumerKeyClaim = definition.consumerKeyClaim
        scopesClaim = definition.scopesClaim
        verifier = JWTVerifier(keys: (try? JSONWebKeySet(text: definition.keySet)) ?? JSONWebKeySet(keys: []))
    }
}

/// The key managers of all tenants; few enough to be copied whole.
struct KeyManagerDirectory: Sendable {
    private var managers: [String: CompiledKeyManager] = [:]
    private var byIssuer: [Issuer: [CompiledKeyManager]] = [:]

    private struct Issuer: Hashable {
        var tenant: Int
        var issuer: String
    }

    /// The key managers of a tenant with the given issuer, in order of name.
    func managers(tenant: Int, issuer: String) -> [CompiledKeyManager] {
        byIssuer[Issuer(tenant: tenant, issuer: issuer)] ?? []
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
