import Model
import Storage

/// Tells the gateways which key managers there are.
struct KeyManagerPublication: Sendable {
    let table: KeyManagerTable
    let keyring: SigningKeyring
    let settings: IdentitySettings

    /// Publishes everything of a tenant that gateways do not know yet: its resident key manager, the issuer of its API keys and, when the
    /// tenant was switched on or off, its other key managers.
    func publish(_ tenant: Tenant, in change: ChangeTransaction) throws {
        let isActive = try TenantTable.find(id: tenant.id, in: change)?.isActive ?? false
        let own = try table.own(tenant, in: change)
        let resident = own.first(where: \.isResident)
        let state = isActive ? "\(settings.issuer(of: tenant))#\(resident?.version ?? 0)" : "off"
        guard try keyring.publishedState(of: tenant, in: change) != state else { return }
        let entry = try keyring.entry(of: tenant, in: change)
        var published = resident.map { Self.entity(of: $0, keySet: entry.keySet.text) }
        published?.issuer = settings.issuer(of: tenant)
        // Opaque tokens of the platform are looked up where they were made.
        published?.introspects = true
        published?.enabled = isActive && resident?.isEnabled ?? false
        let apiKeyIssuer = GatewayKeyManager(
            tenant: tenant.id, name: GatewayKeyManager.apiKeyIssuerName, issuer: settings.issuer(of: tenant),
            keySet: entry.apiKeySet.text, enabled: isActive)
        if let published { change.publish(.put(.keyManager(published))) }
        change.publish(.put(.keyManager(apiKeyIssuer)))
        for manager in own where !manager.isResident { try publish(manager, isTenantActive: isActive, in: change) }
        try keyring.setPublishedState(state, of: tenant, in: change)
    }

    /// Publishes one key manager of somebody else.
    func publish(_ manager: KeyManager, isTenantActive: Bool = true, in change: ChangeTransaction) throws {
        let keys = try table.keys(id: manager.id, in: change)
        var entity = Self.entity(of: manager, keySet: keys?.keySet ?? KeySetSource.noKeys)
        entity.enabled = entity.enabled && isTenantActive
        change.publish(.put(.keyManager(entity)))
    }

    func withdraw(_ manager: KeyManager, in change: ChangeTransaction) {
        change.publish(.remove(kind: .keyManager, key: GatewayEntity.keyManager(Self.entity(of: manager, keySet: "")).key))
    }

    private static func entity(of manager: KeyManager, keySet: String) -> GatewayKeyManager {
        GatewayKeyManager(
            tenant: manager.tenant.id, name: manager.name, issuer: manager.issuer, keySet: keySet,
            consumerKeyClaim: manager.consumerKeyClaim, scopesClaim: manager.scopesClaim,
            // Tokens that must be exchanged first are none for gateways.
            enabled: manager.isEnabled && manager.tokenType != .exchanged,
            tokenRules: manager.tokenRules.compactMap(\.compiled),
            claimMappings: Dictionary(manager.claimMappings.map { ($0.remote, $0.local) }) { _, last in last },
            validatesTokensLocally: manager.abilities.validatesTokensLocally,
            introspects: manager[.introspection] != nil, refreshesKeys: manager.certificates?.kind == .keySet)
    }
}
