import Definitions
import Documents
import Model
import Storage

extension APIService {
    /// Makes a new version of an API: everything of the working copy, in state CREATED. Throws 900252 when the version exists.
    public func copy(
        _ id: String, asVersion given: String, isDefault: Bool, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        let version = try APINaming.checkedVersion(given)
        let (uuid, foundation, scopes, policies) = (foundation.random.uuid(), foundation, scopes, policies)
        let environments = try await foundation.environments.environments(of: caller.tenant)
        return try await foundation.changes.change(context) { change in
            let source = try APIAccess.visible(id, kind, to: caller, in: change)
            let versions = try APIStore.versions(named: source.name, tenant: source.tenantID, in: change)
            guard !versions.contains(where: { $0.version.lowercased() == version.lowercased() }) else {
                throw CatalogueError.versionExists(version, name: source.name)
            }
            var api = source
            api.id = uuid
            api.number = try NumberSequence.next("api", in: change)
            api.version = version
            api.lifecycleState = .created
            api.isDefaultVersion = isDefault
            api.servesDefault = false
            api.lastRevision = 0
            api.createdMilliseconds = context.milliseconds
            api.updatedMilliseconds = context.milliseconds
            api.updatedBy = caller.displayName
            api.rowVersion = 1
            api.sealedSecrets = try foundation.seal(
                foundation.unseal(source.sealedSecrets, of: .api(source.id)), of: .api(uuid))
            try Self.checkResolvedContext(api, in: change)
            try policies.copy(from: source, to: &api, in: change)
            if kind == .api { try scopes.apply(to: &api, in: change) }
            try APIStore.insert(api, in: change)
            if kind == .product { try ProductResources.replace(of: api, in: change) }
            try Self.copyContents(from: source, to: api, in: change)
            if isDefault {
                try Self.clearDefault(besides: api, in: change)
                try GatewayPublication(foundation: foundation, environments: environments).settleDefault(
                    named: api.name, in: change)
            }
            let event = LifecycleEvent(
                previous: nil, state: .created, user: caller.displayName, milliseconds: context.milliseconds)
            try LifecycleStore.append(event, ofAPI: uuid, in: change)
            try change.audit("create", kind: kind.auditName, id: uuid, after: APIAudit.json(api))
            return api
        }
    }

    private static func checkResolvedContext(_ api: APIRecord, in change: ChangeTransaction) throws {
        guard api.context.utf8.count <= ContextTemplate.maximumResolvedLength else {
            throw CatalogueError.lengthExceeds(
                "context with version: at most \(ContextTemplate.maximumResolvedLength) characters")
        }
        if let owner = try APIStore.ownerOfContext(api, in: change), owner != api.name {
            throw CatalogueError.contextExists(api.contextTemplate.displayed)
        }
    }

    /// Definition and thumbnail.
    private static func copyContents(from source: APIRecord, to api: APIRecord, in change: ChangeTransaction) throws {
        if let text = try DefinitionStore.find(ofAPI: source.id, tenant: source.tenantID, in: change) {
            let definition = try JSONValue.parse(text)
            let renamed = try OpenAPIWriter(api).definition(from: definition, format: .v3)
            try DefinitionStore.put(renamed, ofAPI: api.id, tenant: api.tenantID, in: change)
        }
        try change.execute(
            """
            INSERT INTO api_thumbnail (api_id, tenant_id, media_type, content, row_version)
            SELECT ?, tenant_id, media_type, content, 1 FROM api_thumbnail WHERE api_id = ? AND tenant_id = ?
            """, [SQLValue(api.id), SQLValue(source.id), SQLValue(source.tenantID)])
    }
}
