import Model

/// An application as the pipeline works with it.
final class CompiledApplication: Sendable {
    let definition: GatewayApplication
    /// Slot of the application-level policy; -1 for Unlimited.
    let policy: Int32
    let isApproved: Bool
    /// `owner:name`, by which deny policies name the application; the owner without domain.
    let ownerAndName: [UInt8]
    /// Members of events: `"applicationId":…,"applicationName":…,"applicationOwner":…`.
    let eventMembers: [UInt8]

    /// How often the quota of a user began anew.
    func resets(of user: String) -> Int { definition.quotaResets?[user] ?? 0 }

    init(_ definition: GatewayApplication, policy: Int32) {
        self.definition = definition
        self.policy = policy
        let domain = "@" + definition.tenantDomain
        let owner = definition.owner.hasSuffix(domain) ? String(definition.owner.dropLast(domain.count)) : definition.owner
        ownerAndName = Array("\(owner):\(definition.name)".utf8)
        isApproved = definition.status == "APPROVED"
        eventMembers = EventMembers.application(id: definition.id, name: definition.name, owner: definition.owner)
    }
}
