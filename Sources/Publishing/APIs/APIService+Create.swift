import Definitions
import Documents
import Model
import Storage

extension APIService {
    /// Makes an API of `members`, the contract's API object, with a generated definition, or with `definition` when it was imported.
    public func create(
        _ members: JSONObject, format: OpenAPIFormat = .v3, definition: JSONValue? = nil, by caller: Principal,
        _ context: ChangeContext
    ) async throws -> APIRecord {
        var api = try await draft(members, by: caller, context)
        let text = try OpenAPIWriter(api).definition(from: definition, format: format)
        let (foundation, scopes, policies) = (foundation, scopes, policies)
        try await scopes.checkRoles(api.document, tenant: caller.tenant)
        let (document, secrets) = APISecrets.extract(from: api.document)
        api.document = document
        let draft = api
        return try await foundation.changes.change(context) { change in
            var api = draft
            try Self.checkUnique(api, in: change)
            api.number = try NumberSequence.next("api", in: change)
            try scopes.apply(to: &api, in: change)
            try policies.apply(to: &api, secrets: secrets, in: change)
            try APIStore.insert(api, in: change)
            if api.isDefaultVersion { try Self.clearDefault(besides: api, in: change) }
            try DefinitionStore.put(text, ofAPI: api.id, tenant: api.tenantID, in: change)
            let event = LifecycleEvent(
                previous: nil, state: api.lifecycleState, user: caller.displayName, milliseconds: context.milliseconds)
            try LifecycleStore.append(event, ofAPI: api.id, in: change)
            try change.audit("create", kind: "api", id: api.id, after: APIAudit.json(api))
            return api
        }
    }

    /// The checked record of a new API, its number still open.
    private func draft(_ members: JSONObject, by caller: Principal, _ context: ChangeContext) async throws -> APIRecord {
        let type = members["type"]?.string ?? "HTTP"
        try checkType(type)
        let name = try APINaming.checkedName(members["name"]?.string ?? "")
        let version = try APINaming.checkedVersion(members["version"]?.string ?? "")
        let template = try ContextTemplate(members["context"]?.string ?? "", tenant: caller.tenant)
        guard template.resolved(version: version).utf8.count <= ContextTemplate.maximumResolvedLength else {
            throw CatalogueError.lengthExceeds(
                "context with version: at most \(ContextTemplate.maximumResolvedLength) characters")
        }
        var members = members
        if members["operations"]?.isNull ?? true { members["operations"] = APIDefaults.operations }
        let document = try await rules.checked(members, name: name, type: type, by: caller)
        return APIRecord(
            id: foundation.random.uuid(), number: 0, tenantID: caller.tenant.id, name: name, version: version,
            contextTemplate: template, provider: try await provider(members["provider"]?.string, caller), type: type,
            lifecycleState: members["lifeCycleStatus"]?.string == "PROTOTYPED" ? .prototyped : .created,
            gatewayVendor: members["gatewayVendor"]?.string ?? "wso2",
            isDefaultVersion: members["isDefaultVersion"]?.bool ?? false, servesDefault: false, hasThumbnail: false,
            lastRevision: 0, createdMilliseconds: context.milliseconds, updatedMilliseconds: context.milliseconds,
            updatedBy: caller.displayName, rowVersion: 1, document: document)
    }

    /// Types whose definitions and gateways are not there yet are refused, not half made.
    private func checkType(_ type: String) throws {
        if type == "ASYNC" { throw CatalogueError.asyncTypeNotCreatable }
        guard type == "HTTP" || type == "SOAP" else {
            var error = CatalogueError.apiTypeInvalid
            error.description = "APIs of type '\(type)' cannot be created; HTTP and SOAP can"
            throw error
        }
    }

    /// The caller, or for administrators another user that exists.
    private func provider(_ given: String?, _ caller: Principal) async throws -> String {
        guard let given, given != caller.displayName, given != caller.username, APIAccess.isAdministrator(caller) else {
            return caller.displayName
        }
        guard given.count <= APINaming.maximumProviderLength else {
            throw CatalogueError.lengthExceeds("provider: at most \(APINaming.maximumProviderLength) characters")
        }
        let suffix = "@" + caller.tenant.domain
        let username = given.hasSuffix(suffix) ? String(given.dropLast(suffix.count)) : given
        return try await foundation.roles.userExists(username, in: caller.tenant) ? given : caller.displayName
    }

    /// The rules of names, versions and contexts among the APIs of a tenant.
    static func checkUnique(_ api: APIRecord, in change: ChangeTransaction) throws {
        if let taken = try APIStore.takenName(api.name, tenant: api.tenantID, in: change) {
            guard taken == api.name else { throw CatalogueError.apiNameExists(api.name) }
            let versions = try APIStore.versions(named: api.name, tenant: api.tenantID, in: change)
            // An API and a product of one name would be versions of each other.
            guard versions.allSatisfy({ $0.kind == api.kind }) else { throw CatalogueError.apiNameExists(api.name) }
            guard !versions.contains(where: { $0.version.lowercased() == api.version.lowercased() }) else {
                throw CatalogueError.apiExists(name: api.name, version: api.version)
            }
            if let first = versions.first, first.provider != api.provider {
                throw CatalogueError.differentProvider(first.provider)
            }
        }
        if let owner = try APIStore.ownerOfContext(api, in: change), owner != api.name {
            throw CatalogueError.contextExists(api.contextTemplate.displayed)
        }
    }

    /// Takes the choice as default version from all other versions.
    static func clearDefault(besides api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            """
            UPDATE api SET is_default_version = 0, row_version = row_version + 1
            WHERE tenant_id = ? AND name = ? AND id <> ? AND is_default_version = 1
            """, [SQLValue(api.tenantID), SQLValue(api.name), SQLValue(api.id)])
    }
}

extension PublishingFoundation {
    /// Secrets as one sealed text; `nil` for none. `owner` is what they belong to: a sealed text copied elsewhere does not open there.
    func seal(_ secrets: [String: String], of owner: SecretOwner) throws -> String? {
        guard !secrets.isEmpty else { return nil }
        let members = secrets.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
        return try vault.seal(JSONValue.object(JSONObject(members)).text, context: owner.context)
    }

    /// The secrets that ``seal(_:of:)`` sealed.
    func unseal(_ sealed: String?, of owner: SecretOwner) throws -> [String: String] {
        guard let sealed else { return [:] }
        let members = try JSONValue.parse(try vault.open(sealed, context: owner.context)).object ?? JSONObject()
        return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { $1 }
    }
}

/// What sealed secrets belong to.
enum SecretOwner {
    case api(String)
    case revision(String)
    case gatewayPolicy(String)

    var context: String {
        switch self {
        case .api(let id): "api:\(id)"
        case .revision(let id): "api-revision:\(id)"
        case .gatewayPolicy(let id): "gateway-policy:\(id)"
        }
    }
}
