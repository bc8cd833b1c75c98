import Documents
import Model
import Storage

/// Immutable copies of APIs.
public struct RevisionService: Sendable {
    private let foundation: PublishingFoundation
    private let kind: APIKind

    init(foundation: PublishingFoundation, kind: APIKind = .api) {
        self.foundation = foundation
        self.kind = kind
    }

    /// The revisions of an API in the order of their numbers, and all its deployments.
    public func list(
        ofAPI id: String, for caller: Principal
    ) async throws -> (revisions: [Revision], deployments: [RevisionDeployment]) {
        try await foundation.changes.read { connection in
            _ = try APIAccess.visible(id, kind, to: caller, in: connection)
            return (
                try RevisionStore.list(ofAPI: id, tenant: caller.tenant.id, in: connection),
                try RevisionStore.deployments(ofAPI: id, tenant: caller.tenant.id, in: connection)
            )
        }
    }

    public func revision(
        _ id: String, ofAPI api: String, for caller: Principal
    ) async throws -> (revision: Revision, deployments: [RevisionDeployment]) {
        try await foundation.changes.read { connection in
            _ = try APIAccess.visible(api, kind, to: caller, in: connection)
            let revision = try RevisionStore.require(id, ofAPI: api, tenant: caller.tenant.id, in: connection)
            let deployments = try RevisionStore.deployments(ofAPI: api, tenant: caller.tenant.id, in: connection)
            return (revision, deployments.filter { $0.revisionID == id })
        }
    }

    /// Copies the working copy. Throws 900351 beyond the limit, 903225 for an API that is only advertised, 903227 for a retired one.
    public func create(
        ofAPI id: String, description: String, by caller: Principal, _ context: ChangeContext
    ) async throws -> Revision {
        let (uuid, foundation) = (foundation.random.uuid(), foundation)
        return try await foundation.changes.change(context) { change in
            var api = try APIAccess.editable(id, kind, by: caller, in: change)
            try Self.checkCopyable(api)
            let existing = try RevisionStore.list(ofAPI: id, tenant: api.tenantID, in: change)
            let limit = foundation.limits.revisions
            guard existing.count < limit else { throw CatalogueError.tooManyRevisions(id, limit: limit) }
            api.lastRevision += 1
            let revision = Revision(
                id: uuid, apiID: id, number: api.lastRevision, description: description,
                createdMilliseconds: context.milliseconds)
            let copied =
                kind == .product
                ? try ProductCapture(foundation: foundation).captured(api, in: change)
                : (
                    document: api.document, secrets: try foundation.unseal(api.sealedSecrets, of: .api(id)),
                    policies: try AppliedPolicies(of: api, in: change)
                )
            let definition = try DefinitionStore.find(ofAPI: id, tenant: api.tenantID, in: change) ?? ""
            let content = RevisionContent(
                document: copied.document, definition: definition,
                sealedSecrets: try foundation.seal(copied.secrets, of: .revision(uuid)), policies: copied.policies)
            try RevisionStore.insert(revision, content, in: change)
            try APIStore.setLastRevision(api, in: change)
            try change.audit(
                "create", kind: "api-revision", id: uuid, after: ["apiId": JSONValue(id), "number": JSONValue(revision.number)])
            return revision
        }
    }

    /// Removes a revision that is nowhere deployed; throws 900348 else. Returns those that are left.
    public func delete(
        _ id: String, ofAPI api: String, by caller: Principal, _ context: ChangeContext
    ) async throws -> (revisions: [Revision], deployments: [RevisionDeployment]) {
        try await foundation.changes.change(context) { change in
            let record = try APIAccess.editable(api, kind, by: caller, in: change)
            let revision = try RevisionStore.require(id, ofAPI: api, tenant: record.tenantID, in: change)
            let deployments = try RevisionStore.deployments(ofAPI: api, tenant: record.tenantID, in: change)
            guard !deployments.contains(where: { $0.revisionID == id }) else { throw CatalogueError.revisionDeployed(id) }
            try RevisionStore.delete(revision, in: change)
            try change.audit(
                "delete", kind: "api-revision", id: id, before: ["apiId": JSONValue(api), "number": JSONValue(revision.number)])
            return (try RevisionStore.list(ofAPI: api, tenant: record.tenantID, in: change), deployments)
        }
    }

    /// Overwrites the working copy with what the revision copied. Returns the API as it is then.
    public func restore(
        _ id: String, ofAPI api: String, by caller: Principal, _ context: ChangeContext
    ) async throws -> APIRecord {
        let (foundation, rules) = (foundation, ScopeRules(foundation: foundation))
        return try await foundation.changes.change(context) { change in
            var record = try APIAccess.editable(api, kind, by: caller, in: change)
            let revision = try RevisionStore.require(id, ofAPI: api, tenant: record.tenantID, in: change)
            guard let content = try RevisionStore.content(of: id, tenant: record.tenantID, in: change) else {
                throw CatalogueError.revisionNotFound(id)
            }
            let before = JSONValue.object(record.document)
            record.document = content.document
            record.sealedSecrets =
                kind == .product
                ? nil : try foundation.seal(foundation.unseal(content.sealedSecrets, of: .revision(id)), of: .api(api))
            record.updatedMilliseconds = context.milliseconds
            record.updatedBy = caller.displayName
            if kind == .product {
                record.document[ProductCapture.member] = nil
                try ProductResources.checkPresent(record, in: change)
                try ProductResources.replace(of: record, in: change)
            } else {
                try ProductResources.check(record, in: change, refusal: CatalogueError.productUsesResourcesOfRevision)
                try rules.apply(to: &record, in: change)
                try PolicyAttachment(foundation: foundation).restore(content.policies, to: record, in: change)
            }
            let updated = try APIStore.update(record, in: change)
            try DefinitionStore.put(content.definition, ofAPI: api, tenant: record.tenantID, in: change)
            try change.audit(
                "restore \(revision.displayName)", kind: "api", id: api, before: before, after: .object(updated.document))
            return updated
        }
    }

    private static func checkCopyable(_ api: APIRecord) throws {
        if api.isThirdParty { throw CatalogueError.revisionOfThirdParty(api.id) }
        if api.lifecycleState == .retired { throw CatalogueError.deploymentOfRetired(api.id) }
    }
}

extension APIStore {
    /// Writes only the counter, which clients do not see and so keeps the row version.
    static func setLastRevision(_ api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            "UPDATE api SET last_revision = ? WHERE id = ? AND tenant_id = ?",
            [SQLValue(api.lastRevision), SQLValue(api.id), SQLValue(api.tenantID)])
    }
}
