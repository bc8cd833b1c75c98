import Documents
import Model
import Storage

/// The operation policies of a tenant and of its APIs (`docs/policies.md`).
public struct OperationPolicyService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// A page of the policies that all APIs can use, or of those that an API has for itself, with their number.
    public func list(
        ofAPI api: String?, matching search: PolicySearch, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (policies: [OperationPolicy], total: Int) {
        let stored = try await foundation.changes.read { connection in
            if let api { _ = try APIAccess.visible(api, to: caller, in: connection) }
            return try OperationPolicyStore.list(ofAPI: api, tenant: caller.tenant.id, in: connection)
        }
        let shipped = api == nil ? ShippedPolicies.policies(ofTenant: caller.tenant.id) : []
        let found = (stored.filter { !$0.isClone } + shipped).filter(search.matches)
            .sorted { ($0.name, $0.version) < ($1.name, $1.version) }
        return (Array(found.dropFirst(offset).prefix(limit)), found.count)
    }

    /// A policy that all APIs can use, or one of an API, also its copy of one that all can use. Throws a 404 for any other.
    public func policy(_ id: String, ofAPI api: String?, for caller: Principal) async throws -> OperationPolicy {
        try await foundation.changes.read { connection in
            if let api { _ = try APIAccess.visible(api, to: caller, in: connection) }
            return try Self.require(id, ofAPI: api, caller.tenant, in: connection)
        }
    }

    /// The policy that all APIs can use under a name and version. Throws 903004 if there is none.
    public func policy(named name: String, version: String, for caller: Principal) async throws -> OperationPolicy {
        let stored = try await foundation.changes.read {
            try OperationPolicyStore.list(ofAPI: nil, tenant: caller.tenant.id, in: $0)
        }
        let found = stored.first { $0.name == name && $0.version == version }
        guard let found = found ?? ShippedPolicies.find(name: name, version: version, tenant: caller.tenant.id) else {
            throw CatalogueError.operationPolicyNotFound(name: name, version: version)
        }
        return found
    }

    /// Adds a policy, for all APIs or for one. Throws 902006 for a wrong specification or script, 903001 for a name and version in use.
    public func add(
        _ upload: PolicyUpload, toAPI api: String?, by caller: Principal, _ context: ChangeContext
    ) async throws -> OperationPolicy {
        let (specification, definitions) = try upload.content()
        let policy = OperationPolicy(
            id: foundation.random.uuid(), apiID: api, specification: specification, definitions: definitions,
            md5: PolicyDigest.md5(specification, definitions))
        return try await foundation.changes.change(context) { change in
            if let api { _ = try APIAccess.editable(api, by: caller, in: change) }
            let tenant = caller.tenant.id
            let present = try OperationPolicyStore.list(ofAPI: api, tenant: tenant, in: change).filter { !$0.isClone }
            let shipped = api == nil ? ShippedPolicies.policies(ofTenant: tenant) : []
            guard !(present + shipped).contains(where: { $0.name == policy.name && $0.version == policy.version }) else {
                throw CatalogueError.operationPolicyExists(name: policy.name, version: policy.version)
            }
            try OperationPolicyStore.insert(policy, tenant: tenant, milliseconds: context.milliseconds, in: change)
            try change.audit("create", kind: "operation-policy", id: policy.id, after: policy.auditForm)
            return policy
        }
    }

    /// Deletes a policy. Throws a 409 for one that the API applies, or that gateways have, or that is part of the product. Copies that APIs have
    /// of a policy for all stay.
    public func delete(
        _ id: String, ofAPI api: String?, by caller: Principal, _ context: ChangeContext
    ) async throws {
        try await foundation.changes.change(context) { change in
            let policy = try Self.require(id, ofAPI: api, caller.tenant, in: change)
            guard policy.definitions.form != .builtIn || policy.isClone else {
                throw CatalogueError.shippedPolicyFixed(policy.name)
            }
            if let api {
                let record = try APIAccess.editable(api, by: caller, in: change)
                guard !Self.names(id, record.document) else {
                    throw CatalogueError.operationPolicyInUse(policy.name, by: "the API \(record.name) \(record.version)")
                }
            } else if let mapping = try GatewayPolicyStore.user(of: id, tenant: caller.tenant.id, in: change) {
                throw CatalogueError.operationPolicyInUse(policy.name, by: "the gateway policy \(mapping)")
            }
            try OperationPolicyStore.delete(id, tenant: caller.tenant.id, in: change)
            try change.audit("delete", kind: "operation-policy", id: id, before: policy.auditForm)
        }
    }

    private static func names(_ id: String, _ document: JSONObject) -> Bool {
        var found = false
        var document = document
        PolicyPlaces.map(&document) { _, entry in
            found = found || entry["policyId"]?.string == id
            return entry
        }
        return found
    }

    private static func require(
        _ id: String, ofAPI api: String?, _ tenant: Tenant, in connection: any SQLConnection
    ) throws -> OperationPolicy {
        if let found = try OperationPolicyStore.find(id, tenant: tenant.id, in: connection), found.apiID == api { return found }
        guard api == nil, let shipped = ShippedPolicies.find(id, tenant: tenant.id) else {
            throw CatalogueError.operationPolicyNotFound(id)
        }
        return shipped
    }
}

extension OperationPolicy {
    /// What audit rows say of it.
    fileprivate var auditForm: JSONValue {
        var json = specification.json
        json["apiId"] = JSONValue(apiID)
        json["md5"] = JSONValue(md5)
        return json
    }
}

/// What a list of policies is searched for: words such as `name:addHeader`, `version:v2`, `category:Security`; one without key is looked
/// for in names.
public struct PolicySearch: Sendable {
    private let terms: [(key: String, text: String)]

    public init(_ query: String) {
        terms = query.split(separator: " ").map { word in
            guard let colon = word.firstIndex(of: ":") else { return ("name", word.lowercased()) }
            return (word[..<colon].lowercased(), word[word.index(after: colon)...].lowercased())
        }
    }

    func matches(_ policy: OperationPolicy) -> Bool {
        terms.allSatisfy { key, text in
            switch key {
            case "name": policy.name.lowercased().contains(text) || policy.specification.displayName.lowercased().contains(text)
            case "version": policy.version.lowercased() == text
            case "category": policy.specification.category.lowercased() == text
            default: false
            }
        }
    }
}
