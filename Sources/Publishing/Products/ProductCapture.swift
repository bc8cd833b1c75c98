import Documents
import Model
import Storage

/// What a revision of a product copies from the APIs that its operations come from: where calls go, with the secrets for it.
struct ProductCapture {
    let foundation: PublishingFoundation

    /// Member of the document that holds the copies.
    static let member = "members"

    /// The document, the secrets and the policies of a revision of `product`. The secrets' places are JSON pointers in the document; those of
    /// policies have the member before them.
    func captured(
        _ product: APIRecord, in connection: any SQLConnection
    ) throws -> (document: JSONObject, secrets: [String: String], policies: AppliedPolicies) {
        var document = product.document
        var members: [JSONValue] = []
        var secrets: [String: String] = [:]
        var policies: [OperationPolicy] = []
        for entry in product.document["apis"]?.array ?? [] {
            let id = entry["apiId"]?.string ?? ""
            guard let api = try APIStore.find(id, tenant: product.tenantID, in: connection) else {
                throw CatalogueError.apiNotFound(id)
            }
            for (place, secret) in try foundation.unseal(api.sealedSecrets, of: .api(id)) {
                secrets[Self.prefix(members.count) + (PolicyPlaces.isSecretKey(place) ? "/" : "") + place] = secret
            }
            policies += try AppliedPolicies(of: api, in: connection).policies
            Self.takePolicies(of: api, into: &document)
            var member: JSONValue = [
                "apiId": JSONValue(id), "name": JSONValue(api.name), "version": JSONValue(api.version),
            ]
            for name in ["endpointConfig", "endpointImplementationType", "maxTps", "apiPolicies"] {
                member[name] = api.document[name]
            }
            members.append(member)
        }
        document[Self.member] = .array(members)
        return (document, secrets, AppliedPolicies(policies))
    }

    /// Gives the product's operations the policies that the API's operations have now.
    private static func takePolicies(of api: APIRecord, into document: inout JSONObject) {
        document["operations"] = .array(
            (document["operations"]?.array ?? []).map { operation in
                guard operation[ProductSelection.apiMember]?.string == api.id else { return operation }
                let level = PolicyPlaces.level(ofOperation: operation)
                var operation = operation
                operation["operationPolicies"] =
                    api.operations.first { PolicyPlaces.level(ofOperation: $0) == level }?["operationPolicies"]
                return operation
            })
    }

    /// Where the secrets of the member `index` begin.
    static func prefix(_ index: Int) -> String { "/\(member)/\(index)" }
}
