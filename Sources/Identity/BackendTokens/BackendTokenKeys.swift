import Model
import Storage
import Tokens

/// Gives every tenant the key with which gateways sign what they tell its backends. It is another key than that of access tokens, so that one
/// can never pass for the other, and another for each tenant, so that no tenant can speak to the backends of another.
public struct BackendTokenKeys: Sendable {
    private let vault: Vault
    private let generate: SigningKeyring.Generator

    public init(
        vault: Vault,
        generate: @escaping SigningKeyring.Generator = { try SigningKey.generate(commonName: $0, nowMilliseconds: $1) }
    ) {
        self.vault = vault
        self.generate = generate
    }

    /// Makes the key of the change's tenant, unless it has one, and tells the gateways. Making one takes a tenth of a second.
    public func ensure(in change: ChangeTransaction) throws {
        let tenant = change.context.tenant
        let known = try change.first(
            "SELECT tenant_id FROM backend_token_key WHERE tenant_id = ?", [SQLValue(tenant.id)])
        guard known == nil else { return }
        let key = try generate(tenant.domain, change.context.milliseconds)
        try change.execute(
            "INSERT INTO backend_token_key (id, tenant_id, private_key, certificate, created_at) VALUES (?, ?, ?, ?, ?)",
            [
                SQLValue(String(tenant.id)), SQLValue(tenant.id),
                SQLValue(try vault.seal(key.privateKeyPEM, context: "backend-token-key:\(tenant.id)")),
                SQLValue(key.certificatePEM), SQLValue(change.context.milliseconds),
            ])
        change.publish(
            .put(
                .tokenKey(
                    GatewayTokenKey(
                        tenant: tenant.id, tenantDomain: tenant.domain, privateKey: GatewaySecret(key.privateKeyPEM),
                        certificate: key.certificatePEM))))
        try change.audit("create", kind: "backendTokenKey", id: tenant.domain)
    }
}
