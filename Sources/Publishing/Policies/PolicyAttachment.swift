import Documents
import Model
import Storage

/// Brings the policies that an API applies in line with what it says: checks them, gives the API its own copies, and takes secrets out.
struct PolicyAttachment {
    let foundation: PublishingFoundation

    /// Checks and completes the entries of a working copy, and seals its secrets. Copies that no entry needs any more go.
    ///
    /// - Parameter secrets: of the API by their places, with those of policies as they were before.
    func apply(to api: inout APIRecord, secrets: [String: String], in change: ChangeTransaction) throws {
        let resolver = try PolicyResolver(ofAPI: api.id, tenant: api.tenantID, in: change)
        let rules = PolicyEntryRules(
            apiType: api.type, apiSubtype: api.document["subtypeConfiguration"]?["subtype"]?.string,
            gateway: PolicyEntryRules.gateway(ofType: api.gatewayType), trial: foundation.policyTrial)
        var clones = resolver.own.filter(\.isClone)
        var used: Set<String> = []
        var kept: [String: String] = secrets.filter { !PolicyPlaces.isSecretKey($0.key) }
        let record = api
        try PolicyPlaces.map(&api.document) { place, entry in
            let policy = try own(resolver.policy(entry), of: record, among: &clones, in: change)
            used.insert(policy.id)
            return try Self.checked(entry, policy, rules, at: place, secrets: secrets, kept: &kept)
        }
        for clone in clones where !used.contains(clone.id) {
            try OperationPolicyStore.delete(clone.id, tenant: api.tenantID, in: change)
        }
        api.sealedSecrets = try foundation.seal(kept, of: .api(api.id))
    }

    /// Gives a new version copies of all policies of the version that it is made of.
    func copy(from source: APIRecord, to api: inout APIRecord, in change: ChangeTransaction) throws {
        var ids: [String: String] = [:]
        for var policy in try OperationPolicyStore.list(ofAPI: source.id, tenant: source.tenantID, in: change) {
            let id = foundation.random.uuid()
            ids[policy.id] = id
            policy.id = id
            policy.apiID = api.id
            try OperationPolicyStore.insert(
                policy, tenant: api.tenantID, milliseconds: change.context.milliseconds, in: change)
        }
        PolicyPlaces.map(&api.document) { _, entry in
            var entry = entry
            if let id = entry["policyId"]?.string, let copied = ids[id] { entry["policyId"] = JSONValue(copied) }
            return entry
        }
    }

    /// Brings the policies back that a revision applied, in place of those that the working copy applied. Own ones that none applies stay.
    func restore(_ policies: AppliedPolicies, to api: APIRecord, in change: ChangeTransaction) throws {
        for present in try OperationPolicyStore.list(ofAPI: api.id, tenant: api.tenantID, in: change)
        where present.isClone || policies.replaces(present) {
            try OperationPolicyStore.delete(present.id, tenant: api.tenantID, in: change)
        }
        for policy in policies.policies {
            try OperationPolicyStore.insert(
                policy, tenant: api.tenantID, milliseconds: change.context.milliseconds, in: change)
        }
    }

    /// The API's copy of a policy, made now if there is none; its own policies as they are.
    private func own(
        _ policy: OperationPolicy, of api: APIRecord, among clones: inout [OperationPolicy], in change: ChangeTransaction
    ) throws -> OperationPolicy {
        if policy.apiID != nil { return policy }
        if let known = clones.first(where: { $0.name == policy.name && $0.version == policy.version && $0.md5 == policy.md5 }) {
            return known
        }
        var clone = policy
        clone.id = foundation.random.uuid()
        clone.apiID = api.id
        clone.isClone = true
        try OperationPolicyStore.insert(
            clone, tenant: api.tenantID, milliseconds: change.context.milliseconds, in: change)
        clones.append(clone)
        return clone
    }

    /// An entry in its stored form: checked, complete, its secrets taken out and added to `kept`.
    static func checked(
        _ entry: JSONValue, _ policy: OperationPolicy, _ rules: PolicyEntryRules, at place: PolicyPlaces.Place,
        secrets: [String: String], kept: inout [String: String]
    ) throws(CatalogueError) -> JSONValue {
        let secretNames = policy.specification.attributes.filter { $0.kind == .secret }.map(\.name)
        let stored = secretNames.filter { secrets[place.secretKey(policy.name, $0)] != nil }
        var parameters = try rules.check(
            entry["parameters"], of: policy.specification, flow: place.flow, storedSecrets: Set(stored))
        // What no gateway can make sense of would refuse every call.
        if policy.definitions.form == .builtIn, let reason = rules.trial(policy.name, policy.version, parameters) {
            throw .operationPolicyParametersInvalid("\(policy.name) \(policy.version)", reason)
        }
        for name in secretNames {
            let key = place.secretKey(policy.name, name)
            let given = parameters[name].flatMap { $0.isEmpty ? nil : $0 }
            guard let secret = given ?? secrets[key] else { continue }
            kept[key] = secret
            parameters[name] = ""
        }
        let members = parameters.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
        return [
            "policyName": JSONValue(policy.name), "policyVersion": JSONValue(policy.version),
            "policyId": JSONValue(policy.id), "policyType": policy.apiID == nil || policy.isClone ? "common" : "api",
            "parameters": .object(JSONObject(members)),
        ]
    }
}
