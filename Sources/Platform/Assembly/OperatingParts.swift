import Consuming
import Model
import Operating
import Publishing
import Storage

/// Throttling policies and gateway environments, with what uses them.
struct OperatingParts: Sendable {
    let catalogue: PolicyCatalogue
    let policies: ThrottlingPolicies
    let denyPolicies: DenyPolicies
    let customRules: CustomRules
    let environments: Environments

    init(
        changes: ChangeStore, vault: Vault, random: RandomSource, addresses: PlatformAddresses, offersUnlimited: Bool
    ) {
        catalogue = PolicyCatalogue(offersUnlimited: offersUnlimited)
        policies = ThrottlingPolicies(changes: changes, random: random, uses: [PolicyUse.isUsed])
        denyPolicies = DenyPolicies(changes: changes, random: random, targets: StoredDenyTargets(), users: StoredUsers())
        customRules = CustomRules(changes: changes, random: random, users: StoredUsers())
        environments = Environments(
            changes: changes, random: random,
            catalogue: EnvironmentCatalogue(configured: [addresses.defaultEnvironment], vault: vault),
            isUsed: DeploymentUse.isUsed, hasPolicies: DeploymentUse.hasPolicies)
    }
}
