import Documents

/// The places of an API's document where policies are applied.
enum PolicyPlaces {
    static let flows = ["request", "response", "fault"]
    /// The level of policies for all operations of an API.
    static let apiLevel = "api"

    /// The level of an operation's own policies.
    static func level(ofOperation operation: JSONValue) -> String {
        "\(operation["verb"]?.string ?? "") \(operation["target"]?.string ?? "")"
    }

    private static let secretPrefix = "policy:"

    /// Whether a secret of an API is that of a policy.
    static func isSecretKey(_ key: String) -> Bool { key.hasPrefix(secretPrefix) }

    /// One entry with where it stands.
    struct Place {
        /// `api`, or verb and target of the operation.
        var level: String
        var flow: String
        /// How many entries of the flow's list before this one are of the same policy.
        var earlier: Int

        /// Tells secrets of entries apart; stays the same when operations, or entries of different policies, are put in another order.
        func secretKey(_ policy: String, _ attribute: String) -> String {
            "\(secretPrefix)\(level):\(flow):\(policy):\(earlier):\(attribute)"
        }
    }

    /// Replaces every entry of the document's flows by what `change` makes of it, and gives all flows their three lists.
    static func map(
        _ document: inout JSONObject, _ change: (Place, JSONValue) throws -> JSONValue
    ) rethrows {
        if let flows = document["apiPolicies"], !flows.isNull {
            document["apiPolicies"] = try map(flows, level: apiLevel, change)
        }
        document["operations"] = .array(
            try (document["operations"]?.array ?? []).map { operation in
                guard let flows = operation["operationPolicies"], !flows.isNull else { return operation }
                var operation = operation
                operation["operationPolicies"] = try map(flows, level: level(ofOperation: operation), change)
                return operation
            })
    }

    /// The same for one object of flows.
    static func map(
        _ flows: JSONValue, level: String, _ change: (Place, JSONValue) throws -> JSONValue
    ) rethrows -> JSONValue {
        var result: JSONValue = ["request": [], "response": [], "fault": []]
        for flow in self.flows {
            var counts: [String: Int] = [:]
            result[flow] = .array(
                try (flows[flow]?.array ?? []).map { entry in
                    let earlier = counts[entry["policyName"]?.string ?? "", default: 0]
                    counts[entry["policyName"]?.string ?? ""] = earlier + 1
                    return try change(Place(level: level, flow: flow, earlier: earlier), entry)
                })
        }
        return result
    }
}
