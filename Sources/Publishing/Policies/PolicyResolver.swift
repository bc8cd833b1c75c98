import Documents
import Model
import Storage

/// Finds the policies that an API names, among its own, those of the tenant, and those of the product.
struct PolicyResolver {
    let tenant: Int
    /// Of the API: own ones and clones. Empty for gateway-wide policies.
    let own: [OperationPolicy]
    private let common: [OperationPolicy]

    init(ofAPI api: String?, tenant: Int, in connection: any SQLConnection) throws {
        self.tenant = tenant
        own = try api.map { try OperationPolicyStore.list(ofAPI: $0, tenant: tenant, in: connection) } ?? []
        common = try OperationPolicyStore.list(ofAPI: nil, tenant: tenant, in: connection)
    }

    /// The policy of an entry: by id, where name and version must agree (903211), or by name and version. Throws 902005 for an unknown one.
    func policy(_ entry: JSONValue) throws(CatalogueError) -> OperationPolicy {
        let name = entry["policyName"]?.string ?? ""
        let version = entry["policyVersion"]?.string ?? "v1"
        if let id = entry["policyId"]?.string, !id.isEmpty {
            guard let found = (own + common).first(where: { $0.id == id }) ?? ShippedPolicies.find(id, tenant: tenant) else {
                throw .operationPolicyUnknown(name)
            }
            guard found.name == name, found.version == version else {
                throw .operationPolicyNameInvalid(name: name, version: version, id: id)
            }
            return found
        }
        let named = own.filter { !$0.isClone } + own.filter(\.isClone) + common
        guard
            let found = named.first(where: { $0.name == name && $0.version == version })
                ?? ShippedPolicies.find(name: name, version: version, tenant: tenant)
        else { throw .operationPolicyUnknown("\(name) \(version)") }
        return found
    }
}
