import Model
import Tokens

/// An issuer with its keys prepared.
final class CompiledKeyManager: Sendable {
    /// ``GatewayKeyManager/everyTenant`` for one that all tenants use.
    let tenant: Int
    let name: String
    let issuer: String
    let consumerKeyClaim: String
    let scopesClaim: String
    let verifier: JWTVerifier
    /// Whether JWTs are checked here; else the key manager is asked about them.
    let validatesTokensLocally: Bool
    let introspects: Bool
    let refreshesKeys: Bool
    /// Names of claims in what backends get, by their names in tokens.
    let claimMappings: [String: String]
    private let rules: [CompiledTokenRule]

    /// `nil` for one that is switched off. One whose key set cannot be read accepts no token.
    init?(_ definition: GatewayKeyManager) {
        guard definition.enabled else { return nil }
        tenant = definition.tenant
        name = definition.name
        issuer = definition.issuer
        consumerKeyClaim = definition.consumerKeyClaim
        scopesClaim = definition.scopesClaim
        verifier = JWTVerifier(keys: (try? JSONWebKeySet(text: definition.keySet)) ?? JSONWebKeySet(keys: []))
        validatesTokensLocally = definition.validatesTokensLocally
        introspects = definition.introspects
        refreshesKeys = definition.refreshesKeys
        claimMappings = definition.claimMappings
        rules = definition.tokenRules.map(CompiledTokenRule.init)
    }

    var isGlobal: Bool { tenant == GatewayKeyManager.everyTenant }

    /// Whether a token may be the key manager's, going by its rules.
    ///
    /// - Parameter jwt: the token taken apart, if it is a JWT.
    func claims(_ text: [UInt8], _ jwt: JWT?) -> Bool {
        rules.isEmpty || rules.contains { $0.matches(text, jwt) }
    }
}
