import Documents
import Model

/// Makes of an API's entries what gateways run.
struct PolicyCompiler {
    let policies: AppliedPolicies
    let secrets: [String: String]

    /// The flows at one level, `api` or verb and target; `nil` when nothing is applied there.
    func flows(_ flows: JSONValue?, level: String) -> GatewayPolicyFlows? {
        guard let flows, !flows.isNull else { return nil }
        var uses: [String: [GatewayPolicyUse]] = [:]
        _ = PolicyPlaces.map(flows, level: level) { place, entry in
            let policy = policies[entry["policyId"]?.string ?? ""]
            uses[place.flow, default: []].append(
                use(of: policy, entry) { secrets[place.secretKey(policy?.name ?? "", $0)] })
            return entry
        }
        let compiled = GatewayPolicyFlows(
            request: uses["request"] ?? [], response: uses["response"] ?? [], fault: uses["fault"] ?? [])
        return compiled.isEmpty ? nil : compiled
    }

    /// One use with all parameters: given ones, secrets, and defaults.
    private func use(of policy: OperationPolicy?, _ entry: JSONValue, secret: (String) -> String?) -> GatewayPolicyUse {
        var use = GatewayPolicyUse(
            name: entry["policyName"]?.string ?? "", version: entry["policyVersion"]?.string ?? "v1",
            script: policy?.definitions.form == .lua ? policy?.definitions.text : nil)
        for (name, value) in entry["parameters"]?.object ?? JSONObject() {
            use.parameters[name] = value.scalarText ?? value.text
        }
        for attribute in policy?.specification.attributes ?? [] {
            if attribute.kind == .secret {
                use.parameters[attribute.name] = nil
                if let value = secret(attribute.name) { use.secrets[attribute.name] = GatewaySecret(value) }
            } else if (use.parameters[attribute.name] ?? "").isEmpty, let standard = attribute.defaultValue {
                use.parameters[attribute.name] = standard
            }
        }
        return use
    }
}
