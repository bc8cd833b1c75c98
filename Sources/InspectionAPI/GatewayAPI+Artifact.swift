import Documents
import Model

/// Forms of an API for administrators. Secrets are in none of them.
extension GatewayAPI {
    var artifact: JSONValue {
        var json: JSONValue = [
            "id": JSONValue(id), "name": JSONValue(name), "version": JSONValue(version), "type": JSONValue(type),
            "context": JSONValue(context), "environment": JSONValue(environment), "revisionId": JSONValue(revisionID),
            "provider": JSONValue(provider), "tenantDomain": JSONValue(tenantDomain), "status": JSONValue(lifecycleState),
            "hosts": JSONValue(hosts), "transports": JSONValue(transports), "securitySchemes": JSONValue(securitySchemes),
            "keyManagers": JSONValue(keyManagers), "requiresSubscription": JSONValue(requiresSubscription),
            "operations": .array(operations.map(\.artifact)), "endpoints": .array(endpointForms),
        ]
        if let defaultContext { json["defaultContext"] = JSONValue(defaultContext) }
        if let keyType { json["keyType"] = JSONValue(keyType.rawValue) }
        if let policy { json["policy"] = JSONValue(policy) }
        return json
    }

    /// One for each address, with what decides on its use.
    var endpointForms: [JSONValue] {
        let groups = [(KeyType.production, production), (.sandbox, sandbox)]
        return groups.flatMap { keyType, group in
            (group?.endpoints ?? []).map { endpoint in
                [
                    "keyType": JSONValue(keyType.rawValue), "strategy": JSONValue(group?.strategy.rawValue ?? ""),
                    "url": JSONValue(endpoint.url.withoutUserInfo), "weight": JSONValue(endpoint.weight),
                    "timeoutMilliseconds": JSONValue(endpoint.timeoutMilliseconds),
                    "suspendMilliseconds": JSONValue(endpoint.suspendMilliseconds),
                ]
            }
        }
    }

    /// The policies of the API and of its operations, in the order in which they are applied. Their parameters may hold secrets.
    var policyForms: [JSONValue] {
        let own = policies.map { $0.forms(operation: nil) } ?? []
        return own
            + operations.flatMap { operation in
                operation.policies?.forms(operation: "\(operation.verb) \(operation.target)") ?? []
            }
    }

    /// The definition that calls are checked against; none where they are not.
    var definitionForms: [JSONValue] {
        guard let validatedDefinition, let definition = try? JSONValue.parse(validatedDefinition) else { return [] }
        return [["environment": JSONValue(environment), "definition": definition]]
    }
}

extension GatewayOperation {
    fileprivate var artifact: JSONValue {
        [
            "verb": JSONValue(verb), "target": JSONValue(target), "authType": JSONValue(authType), "policy": JSONValue(policy),
            "scopes": JSONValue(scopes),
        ]
    }
}

extension GatewayPolicyFlows {
    fileprivate func forms(operation: String?) -> [JSONValue] {
        [("request", request), ("response", response), ("fault", fault)].flatMap { flow, uses in
            uses.map { use in
                [
                    "operation": JSONValue(operation ?? "*"), "flow": JSONValue(flow), "policy": JSONValue(use.name),
                    "version": JSONValue(use.version),
                ]
            }
        }
    }
}

extension String {
    /// A URL may carry a password before its host.
    fileprivate var withoutUserInfo: String {
        guard let scheme = firstRange(of: "://") else { return self }
        let authority = self[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return self }
        return String(self[..<scheme.upperBound]) + self[index(after: at)...]
    }
}
