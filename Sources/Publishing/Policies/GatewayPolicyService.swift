import Documents
import Model
import Storage

/// Policies that gateways apply to all APIs of a tenant (`docs/policies.md`). A deployment is live when the call returns.
public struct GatewayPolicyService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// A page of the mappings whose name contains a text, and their number.
    public func list(
        named text: String, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (mappings: [GatewayPolicyMapping], total: Int) {
        let all = try await foundation.changes.read { try GatewayPolicyStore.list(tenant: caller.tenant.id, in: $0) }
        let found = all.filter { text.isEmpty || $0.displayName.lowercased().contains(text.lowercased()) }
        return (Array(found.dropFirst(offset).prefix(limit)), found.count)
    }

    public func mapping(_ id: String, for caller: Principal) async throws -> GatewayPolicyMapping {
        try await foundation.changes.read { try GatewayPolicyStore.require(id, tenant: caller.tenant.id, in: $0) }
    }

    /// Adds a mapping; it has no effect before it is deployed. Throws the errors of applying policies to APIs.
    public func add(
        displayName: String, description: String, flows: JSONValue, by caller: Principal, _ context: ChangeContext
    ) async throws -> GatewayPolicyMapping {
        let draft = GatewayPolicyMapping(
            id: foundation.random.uuid(), displayName: try Self.checked(displayName), description: description, flows: flows)
        return try await foundation.changes.change(context) { change in
            let mapping = try checked(draft, secrets: [:], tenant: caller.tenant, in: change)
            try GatewayPolicyStore.put(mapping, tenant: caller.tenant.id, in: change)
            try change.audit("create", kind: "gateway-policy", id: mapping.id, after: mapping.auditForm)
            return mapping
        }
    }

    /// Replaces a mapping, live where it is deployed.
    public func update(
        _ id: String, displayName: String, description: String, flows: JSONValue, by caller: Principal,
        _ context: ChangeContext
    ) async throws -> GatewayPolicyMapping {
        let name = try Self.checked(displayName)
        return try await foundation.changes.change(context) { change in
            let stored = try GatewayPolicyStore.require(id, tenant: caller.tenant.id, in: change)
            var draft = stored
            draft.displayName = name
            draft.description = description
            draft.flows = flows
            let secrets = try foundation.unseal(stored.sealedSecrets, of: .gatewayPolicy(id))
            let mapping = try checked(draft, secrets: secrets, tenant: caller.tenant, in: change)
            try GatewayPolicyStore.put(mapping, tenant: caller.tenant.id, in: change)
            try publish(mapping, to: mapping.environments, tenant: caller.tenant, in: change)
            try change.audit(
                "update", kind: "gateway-policy", id: id, before: stored.auditForm, after: mapping.auditForm)
            return mapping
        }
    }

    /// Throws a 412 while a gateway applies the mapping.
    public func delete(_ id: String, by caller: Principal, _ context: ChangeContext) async throws {
        try await foundation.changes.change(context) { change in
            let stored = try GatewayPolicyStore.require(id, tenant: caller.tenant.id, in: change)
            guard stored.environments.isEmpty else {
                throw CatalogueError.gatewayPolicyDeployed(stored.displayName, to: stored.environments)
            }
            try GatewayPolicyStore.delete(id, tenant: caller.tenant.id, in: change)
            try change.audit("delete", kind: "gateway-policy", id: id, before: stored.auditForm)
        }
    }

    /// Has environments apply the mapping, in place of what they applied, or apply it no longer. Throws a 400 for an unknown environment.
    public func deploy(
        _ id: String, _ wishes: [(environment: String, isDeployed: Bool)], by caller: Principal, _ context: ChangeContext
    ) async throws -> GatewayPolicyMapping {
        let known = Set(try await foundation.environments.environments(of: caller.tenant).map(\.name))
        for wish in wishes where !known.contains(wish.environment) { throw CatalogueError.environmentInvalid(wish.environment) }
        return try await foundation.changes.change(context) { change in
            let tenant = caller.tenant
            let stored = try GatewayPolicyStore.require(id, tenant: tenant.id, in: change)
            for wish in wishes {
                if wish.isDeployed {
                    try GatewayPolicyStore.deploy(id, to: wish.environment, tenant: tenant.id, in: change)
                    try publish(stored, to: [wish.environment], tenant: tenant, in: change)
                } else if stored.environments.contains(wish.environment) {
                    try GatewayPolicyStore.undeploy(from: wish.environment, tenant: tenant.id, in: change)
                    change.publish(.remove(kind: .globalPolicies, key: "\(tenant.id)/\(wish.environment)"))
                }
            }
            let mapping = try GatewayPolicyStore.require(id, tenant: tenant.id, in: change)
            try change.audit(
                "deploy", kind: "gateway-policy", id: id, after: ["environments": JSONValue(mapping.environments)])
            return mapping
        }
    }

    // MARK: Checking and compiling

    private static func checked(_ displayName: String) throws -> String {
        guard !displayName.isEmpty, displayName.utf8.count <= 255 else {
            throw CatalogueError.badRequest("displayName: 1 to 255 characters are expected")
        }
        return displayName
    }

    /// Gateway-wide policies are those that all APIs can use, for APIs of type HTTP.
    private func checked(
        _ draft: GatewayPolicyMapping, secrets: [String: String], tenant: Tenant, in change: ChangeTransaction
    ) throws -> GatewayPolicyMapping {
        let resolver = try PolicyResolver(ofAPI: nil, tenant: tenant.id, in: change)
        let rules = PolicyEntryRules(
            apiType: "HTTP", apiSubtype: nil, gateway: "Synapse", trial: foundation.policyTrial)
        var kept: [String: String] = [:]
        var mapping = draft
        mapping.flows = try PolicyPlaces.map(draft.flows, level: "gateway") { place, entry in
            let policy = try resolver.policy(entry)
            guard policy.definitions.form != .template else {
                throw CatalogueError.operationPolicyNotRunnable("\(policy.name) \(policy.version)")
            }
            return try PolicyAttachment.checked(entry, policy, rules, at: place, secrets: secrets, kept: &kept)
        }
        mapping.sealedSecrets = try foundation.seal(kept, of: .gatewayPolicy(draft.id))
        return mapping
    }

    private func publish(
        _ mapping: GatewayPolicyMapping, to environments: [String], tenant: Tenant, in change: ChangeTransaction
    ) throws {
        let resolver = try PolicyResolver(ofAPI: nil, tenant: tenant.id, in: change)
        var policies: [OperationPolicy] = []
        _ = try PolicyPlaces.map(mapping.flows, level: "gateway") { _, entry in
            policies.append(try resolver.policy(entry))
            return entry
        }
        let secrets = try foundation.unseal(mapping.sealedSecrets, of: .gatewayPolicy(mapping.id))
        let compiler = PolicyCompiler(policies: AppliedPolicies(policies), secrets: secrets)
        let flows = compiler.flows(mapping.flows, level: "gateway") ?? GatewayPolicyFlows()
        for environment in environments {
            let entity = GatewayGlobalPolicies(
                tenant: tenant.id, environment: environment, mappingID: mapping.id, flows: flows)
            change.publish(.put(.globalPolicies(entity)))
        }
    }
}

extension GatewayPolicyMapping {
    /// What audit rows say of it.
    fileprivate var auditForm: JSONValue {
        ["displayName": JSONValue(displayName), "description": JSONValue(description), "policyMapping": flows]
    }
}
