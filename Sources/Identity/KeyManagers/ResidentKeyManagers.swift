import Documents
import Model
import Storage

/// Gives every tenant its row for the platform's own key manager.
struct ResidentKeyManagers: Sendable {
    let table: KeyManagerTable
    let random: RandomSource

    /// Makes the row of the change's tenant, unless there is one.
    func ensure(in change: ChangeTransaction) throws {
        let tenant = change.context.tenant
        guard try !table.own(tenant, in: change).contains(where: \.isResident) else { return }
        let type = KeyManagerType.resident
        let manager = KeyManager(
            id: random.uuid(), tenant: tenant, name: GatewayKeyManager.residentName,
            displayName: GatewayKeyManager.residentName, type: type.name, description: "This is Resident Key Manager",
            isEnabled: true, tokenType: .direct, endpoints: [:], issuer: "", alias: "", certificates: nil, grantTypes: [],
            abilities: KeyManager.Abilities(), consumerKeyClaim: type.consumerKeyClaim, scopesClaim: type.scopesClaim,
            claimMappings: [], tokenRules: [], properties: JSONObject(), secrets: [:], permission: .init(),
            organizations: ["ALL"], version: 1)
        try table.insert(
            manager, keys: .init(keySet: KeySetSource.noKeys, due: nil, problem: nil), at: change.context.milliseconds,
            in: change)
    }
}
