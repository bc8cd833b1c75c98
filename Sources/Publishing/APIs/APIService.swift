import Documents
import Model
import Storage

/// The APIs of a tenant: finding, making, changing and deleting them.
public struct APIService: Sendable {
    let foundation: PublishingFoundation
    /// What the service works on; creating and updating is for APIs only.
    let kind: APIKind
    var rules: APIRules { APIRules(foundation: foundation) }
    var scopes: ScopeRules { ScopeRules(foundation: foundation) }
    var policies: PolicyAttachment { PolicyAttachment(foundation: foundation) }

    init(foundation: PublishingFoundation, kind: APIKind = .api) {
        self.foundation = foundation
        self.kind = kind
    }

    /// The APIs that `query` finds (`docs/publish-an-api.md`), newest first.
    public func list(
        _ query: String, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (apis: [APIRecord], total: Int) {
        try await found(
            APISearch(SearchQuery(query, defaultKey: "name"), kind, for: caller), limit: limit, offset: offset)
    }

    /// APIs and products that `query` finds, newest first. A first word without key is searched in everything that they consist of.
    public func search(
        _ query: String, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (apis: [APIRecord], total: Int) {
        try await found(
            APISearch(SearchQuery(query, defaultKey: "content"), nil, for: caller), limit: limit, offset: offset)
    }

    private func found(
        _ search: APISearch, limit: Int, offset: Int
    ) async throws -> (apis: [APIRecord], total: Int) {
        try await foundation.changes.read { connection in
            let total = try connection.first("SELECT COUNT(*) AS total FROM api WHERE \(search.condition)", search.arguments)
            let page = try connection.query(
                """
                SELECT \(APIStore.columns) FROM api WHERE \(search.condition)
                ORDER BY api.created_at DESC, api.number DESC LIMIT ? OFFSET ?
                """, search.arguments + [SQLValue(limit), SQLValue(offset)])
            return (try page.map(APIStore.record), try total?.int("total") ?? 0)
        }
    }

    /// The API `id`, or a 404.
    public func api(_ id: String, for caller: Principal) async throws -> APIRecord {
        try await foundation.changes.read { connection in
            try ProductResources.filled(APIAccess.visible(id, kind, to: caller, in: connection), in: connection)
        }
    }

    /// Whether the tenant has an API of that name in any letter case.
    public func nameExists(_ name: String, in tenant: Tenant) async throws -> Bool {
        try await foundation.changes.read { try APIStore.takenName(name, tenant: tenant.id, in: $0) != nil }
    }

    /// Deletes an API with its revisions. Throws a 409 while applications are subscribed or a product consists of it, a 412 when the client `expects` another version.
    public func delete(_ id: String, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext) async throws {
        let environments = try await foundation.environments.environments(of: caller.tenant)
        let (subscriptions, scopes) = (foundation.subscriptions, scopes)
        try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, kind, by: caller, in: change)
            try APIAccess.check(expects, of: api)
            guard try ProductResources.uses(of: api, in: change).isEmpty else { throw CatalogueError.productUsesAPI(id) }
            guard try subscriptions.count(ofAPI: id, tenant: api.tenantID, in: change) == 0 else {
                throw CatalogueError.conflict("Cannot remove the API \(id) as active subscriptions exist")
            }
            let publication = GatewayPublication(foundation: foundation, environments: environments)
            for deployment in try RevisionStore.deployments(ofAPI: id, tenant: api.tenantID, in: change) {
                publication.withdraw(api, from: deployment.environment, in: change)
            }
            if kind == .api { try scopes.release(api, in: change) } else { try ProductResources.delete(of: api, in: change) }
            try ClientCertificateStore.deleteAll(ofAPI: id, tenant: api.tenantID, in: change)
            try OperationPolicyStore.deleteAll(ofAPI: id, tenant: api.tenantID, in: change)
            try APIStore.delete(api, in: change)
            try publication.settleDefault(named: api.name, in: change)
            try change.audit("delete", kind: kind.auditName, id: id, before: APIAudit.json(api))
        }
    }

    /// The operations of an API, with a number each, as paths of resources.
    public func resources(ofAPI id: String, for caller: Principal) async throws -> [(target: String, verb: String)] {
        try await api(id, for: caller).operations.map { ($0["target"]?.string ?? "", $0["verb"]?.string ?? "") }
    }

    /// A token that calls the API or product in any state, and how many seconds it is valid.
    public func internalKey(
        forAPI id: String, for caller: Principal, _ context: ChangeContext
    ) async throws -> (token: String, validitySeconds: Int) {
        let keys = foundation.keys
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.visible(id, nil, to: caller, in: change)
            let hasProduction = EndpointCompiler.group(.production, of: api.endpointConfig) != nil
            let hasSandbox = EndpointCompiler.group(.sandbox, of: api.endpointConfig) != nil
            let key = try keys.internalKey(
                for: api, subject: caller.qualifiedName, keyType: hasSandbox && !hasProduction ? .sandbox : .production,
                tenant: caller.tenant, milliseconds: context.milliseconds, in: change)
            try change.audit("generate internal key", kind: "api", id: id)
            return key
        }
    }
}

/// An API as audit rows show it.
enum APIAudit {
    static func json(_ api: APIRecord) -> JSONValue {
        var document = api.document
        document["name"] = JSONValue(api.name)
        document["version"] = JSONValue(api.version)
        document["context"] = JSONValue(api.contextTemplate.displayed)
        document["provider"] = JSONValue(api.provider)
        document["lifeCycleStatus"] = JSONValue(api.lifecycleState.rawValue)
        document["isDefaultVersion"] = JSONValue(api.isDefaultVersion)
        return .object(document)
    }
}
