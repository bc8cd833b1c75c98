import Documents
import Model
import RegularExpressions

/// Why gateways could not run a policy of theirs, by name and version, with some parameters; `nil` if they can.
public typealias PolicyTrial = @Sendable (_ name: String, _ version: String, _ parameters: [String: String]) -> String?

/// Checks a place where a policy is applied against the policy's specification.
struct PolicyEntryRules {
    /// Type of the API, such as `HTTP`.
    let apiType: String
    let apiSubtype: String?
    /// The name of the gateway in specifications.
    let gateway: String
    let trial: PolicyTrial

    /// The gateway of an API by its `gatewayType`, as specifications name it.
    static func gateway(ofType type: String) -> String {
        switch type {
        case "wso2/synapse": "Synapse"
        case "wso2/apk": "ChoreoConnect"
        default: type
        }
    }

    /// The checked parameters as texts, without those that are not given. Secrets may be empty where one is stored.
    ///
    /// Throws 902008 for a flow, type of API or gateway that the policy is not for, 902009 for missing attributes, 903212 for wrong values.
    func check(
        _ parameters: JSONValue?, of policy: PolicySpecification, flow: String, storedSecrets: Set<String>
    ) throws(CatalogueError) -> [String: String] {
        guard policy.flows.contains(flow), policy.supports(type: apiType, subtype: apiSubtype),
            policy.gateways.contains(gateway)
        else { throw .operationPolicyNotAllowed("\(policy.name) \(policy.version)", flow: flow) }
        var values: [String: String] = [:]
        for (name, value) in parameters?.object ?? JSONObject() where !value.isNull {
            values[name] = value.scalarText ?? value.text
        }
        let missing = policy.attributes.filter { attribute in
            attribute.isRequired && (values[attribute.name] ?? "").isEmpty && !storedSecrets.contains(attribute.name)
        }
        guard missing.isEmpty else {
            throw .operationPolicyAttributesMissing(missing.map(\.name), policy: policy.name)
        }
        for attribute in policy.attributes {
            guard let value = values[attribute.name], !value.isEmpty else { continue }
            try check(value, of: attribute)
        }
        return values
    }

    private func check(_ value: String, of attribute: PolicyAttribute) throws(CatalogueError) {
        guard value.utf8.count <= 64 * 1024 else { throw .operationPolicyParameterInvalid(attribute.name) }
        let fits =
            switch attribute.kind {
            case .integer: Int(value) != nil
            case .boolean: ["true", "false"].contains(value.lowercased())
            case .enumeration: attribute.allowedValues.isEmpty || attribute.allowedValues.contains(value)
            case .json: (try? JSONValue.parse(value)) != nil
            case .jsonArray: (try? JSONValue.parse(value))?.array != nil
            case .string, .map, .secret: true
            }
        guard fits else { throw .operationPolicyParameterInvalid(attribute.name) }
        guard let pattern = attribute.pattern else { return }
        let expression = try? RegularExpression(pattern, [.caseless, .whole])
        guard let expression, expression.match(value) == .matches else {
            throw .operationPolicyParameterInvalid(attribute.name)
        }
    }
}
