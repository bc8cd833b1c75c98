import Documents
import Model
import Storage

/// The policies that a revision has copied, so that neither a change nor the deletion of the API's policies touches it.
struct AppliedPolicies {
    private(set) var policies: [OperationPolicy]

    init(_ policies: [OperationPolicy]) { self.policies = policies }

    /// Those that the working copy of an API names.
    init(of api: APIRecord, in connection: any SQLConnection) throws {
        self.init(
            try OperationPolicyStore.list(ofAPI: api.id, tenant: api.tenantID, in: connection), usedBy: api.document)
    }

    /// Those of `own` that the document's entries name.
    init(_ own: [OperationPolicy], usedBy document: JSONObject) {
        var ids: Set<String> = []
        var document = document
        PolicyPlaces.map(&document) { _, entry in
            entry["policyId"]?.string.map { _ = ids.insert($0) }
            return entry
        }
        policies = own.filter { ids.contains($0.id) }
    }

    subscript(id: String) -> OperationPolicy? { policies.first { $0.id == id } }

    /// Whether one of the copied policies takes the place of an API's own one: their names and versions are equal.
    func replaces(_ policy: OperationPolicy) -> Bool {
        policies.contains { !$0.isClone && $0.name == policy.name && $0.version == policy.version }
    }

    /// Throws 902011 if a policy cannot be run by the gateways of this platform.
    func checkRunnable() throws(CatalogueError) {
        for policy in policies where policy.definitions.form == .template {
            throw .operationPolicyNotRunnable("\(policy.name) \(policy.version)")
        }
    }

    // MARK: Storage

    /// `nil` when there are none.
    var text: String? {
        guard !policies.isEmpty else { return nil }
        return JSONValue.array(
            policies.map { policy in
                [
                    "id": JSONValue(policy.id), "isClone": JSONValue(policy.isClone), "md5": JSONValue(policy.md5),
                    "specification": policy.specification.json, "definitions": policy.definitions.json,
                ]
            }
        ).text
    }

    init(text: String?, apiID: String) throws {
        policies = try (text.map { try JSONValue.parse($0) }?.array ?? []).map { json in
            OperationPolicy(
                id: json["id"]?.string ?? "", apiID: apiID, isClone: json["isClone"]?.bool ?? false,
                specification: try PolicySpecification(json: json["specification"] ?? [:]),
                definitions: PolicyDefinitions(json: json["definitions"] ?? [:]), md5: json["md5"]?.string ?? "")
        }
    }
}
