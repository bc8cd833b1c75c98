import Documents
import Model
import Storage

/// What a revision of a product copies from the APIs that its operations come from: where calls go, with the secrets for it.
struct ProductCapture {
    let foundation: PublishingFoundation

    /// Member of the document that holds the copies.
    static let member = "members"

    /// The document and the secrets of a revision of `product`. The secrets' places are JSON pointers in the document.
    func captured(
        _ product: APIRecord, in connection: any SQLConnection
    ) throws -> (document: JSONObject, secrets: [String: String]) {
        var document = product.document
        var members: [JSONValue] = []
        var secrets: [String: String] = [:]
        for entry in product.document["apis"]?.array ?? [] {
            let id = entry["apiId"]?.string ?? ""
            guard let api = try APIStore.find(id, tenant: product.tenantID, in: connection) else {
                throw CatalogueError.apiNotFound(id)
            }
            for (place, secret) in try foundation.unseal(api.sealedSecrets, of: .api(id)) {
                secrets[Self.prefix(members.count) + place] = secret
            }
            var member: JSONValue = [
                "apiId": JSONValue(id), "name": JSONValue(api.name), "version": JSONValue(api.version),
            ]
            for name in ["endpointConfig", "endpointImplementationType", "maxTps", "apiPolicies"] {
                member[name] = api.document[name]
            }
            members.append(member)
        }
        document[Self.member] = .array(members)
        return (document, secrets)
    }

    /// Where the secrets of the member `index` begin.
    static func prefix(_ index: Int) -> String { "/\(member)/\(index)" }
}
