import Documents
import Model
import Tokens

/// A tenant's key for backend tokens, ready to sign.
final class CompiledTokenKey: Sendable {
    let tenant: Int
    let tenantDomain: String
    let key: SigningKey
    /// The public half as a JSON Web Key Set.
    let keySet: [UInt8]

    /// `nil` if the key cannot be read.
    init?(_ definition: GatewayTokenKey) {
        guard
            let key = try? SigningKey(
                privateKeyPEM: definition.privateKey.value, certificatePEM: definition.certificate),
            let publicKey = try? key.jsonWebKey
        else { return nil }
        tenant = definition.tenant
        tenantDomain = definition.tenantDomain
        self.key = key
        keySet = Array(JSONWebKeySet(keys: [publicKey]).text.utf8)
    }
}

/// The keys of all tenants; few enough to be copied whole.
struct TokenKeyDirectory: Sendable {
    private var keys: [Int: CompiledTokenKey] = [:]

    var tenants: [Int] { Array(keys.keys) }

    subscript(tenant: Int) -> CompiledTokenKey? { keys[tenant] }

    /// The key of a tenant's domain.
    func key(domain: String) -> CompiledTokenKey? { keys.values.first { $0.tenantDomain == domain } }

    mutating func set(_ key: CompiledTokenKey?, tenant: Int) { keys[tenant] = key }
}
