import Consuming
import Model
import Operating
import Publishing
import Storage

/// Throttling policies and gateway environments, with what uses them.
struct OperatingParts: Sendable {
    let catalogue = PolicyCatalogue()
    let policies: ThrottlingPolicies
    let environments: Environments

    init(changes: ChangeStore, vault: Vault, random: RandomSource, addresses: PlatformAddresses) {
        policies = ThrottlingPolicies(changes: changes, random: random, uses: [PolicyUse.isUsed])
        environments = Environments(
            changes: changes, random: random,
            catalogue: EnvironmentCatalogue(configured: [addresses.defaultEnvironment], vault: vault),
            isUsed: DeploymentUse.isUsed)
    }
}
