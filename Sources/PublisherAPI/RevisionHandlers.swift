import ContractRouter
import Documents
import Model
import Publishing

/// Revisions of APIs, or of products.
struct RevisionHandlers: Sendable {
    let family: OperationFamily
    let revisions: RevisionService

    func register(in table: inout HandlerTable) {
        table.publisher(family.operation(api: "getAPIRevisions", product: "getAPIProductRevisions"), list)
        table.publisher(family.operation(api: "createAPIRevision", product: "createAPIProductRevision"), create)
        table.publisher(family.operation(api: "getAPIRevision", product: "getAPIProductRevision"), read)
        table.publisher(family.operation(api: "deleteAPIRevision", product: "deleteAPIProductRevision"), delete)
        table.publisher(family.operation(api: "restoreAPIRevision", product: "restoreAPIProductRevision"), restore)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let found = try await revisions.list(ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        let selected = Self.select(found.revisions, found.deployments, request.queryText("query"))
        return .ok(Self.list(selected, found.deployments))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let id = request.pathParameter(family.idParameter)
        let revision = try await revisions.create(
            ofAPI: id, description: request.json["description"]?.string ?? "", by: caller, request.change(by: caller))
        return .created(RevisionJSON.revision(revision, []), location: "\(family.location(id))/revisions/\(revision.id)")
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let found = try await revisions.revision(
            request.pathParameter("revisionId"), ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        return .ok(RevisionJSON.revision(found.revision, found.deployments))
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let left = try await revisions.delete(
            request.pathParameter("revisionId"), ofAPI: request.pathParameter(family.idParameter), by: caller,
            request.change(by: caller))
        return .ok(Self.list(left.revisions, left.deployments))
    }

    private func restore(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let api = try await revisions.restore(
            request.queryText("revisionId"), ofAPI: request.pathParameter(family.idParameter), by: caller,
            request.change(by: caller))
        return .created(family.json(api), location: family.location(api.id), version: api.rowVersion)
    }

    /// `deployed:true` and `deployed:false` select; anything else selects all.
    private static func select(
        _ revisions: [Revision], _ deployments: [RevisionDeployment], _ query: String
    ) -> [Revision] {
        guard query == "deployed:true" || query == "deployed:false" else { return revisions }
        let deployed = Set(deployments.map(\.revisionID))
        return revisions.filter { deployed.contains($0.id) == (query == "deployed:true") }
    }

    private static func list(_ revisions: [Revision], _ deployments: [RevisionDeployment]) -> JSONValue {
        let items = revisions.map { revision in
            RevisionJSON.revision(revision, deployments.filter { $0.revisionID == revision.id })
        }
        return ["count": JSONValue(items.count), "list": .array(items)]
    }
}

/// Revisions and deployments as the contract's schemas show them.
enum RevisionJSON {
    /// The schema `APIRevision`.
    static func revision(_ revision: Revision, _ deployments: [RevisionDeployment]) -> JSONValue {
        [
            "displayName": JSONValue(revision.displayName), "id": JSONValue(revision.id),
            "description": JSONValue(revision.description),
            "createdTime": JSONValue(Timestamp.text(revision.createdMilliseconds)),
            "apiInfo": ["id": JSONValue(revision.apiID)], "deploymentInfo": .array(deployments.map(deployment)),
        ]
    }

    /// The schema `APIRevisionDeployment`. Every deployment is answered when the gateway works with it, so it is there.
    static func deployment(_ deployment: RevisionDeployment) -> JSONValue {
        let time = JSONValue(Timestamp.text(deployment.deployedMilliseconds))
        return [
            "revisionUuid": JSONValue(deployment.revisionID), "name": JSONValue(deployment.environment), "status": "APPROVED",
            "vhost": JSONValue(deployment.vhost), "displayOnDevportal": JSONValue(deployment.displaysOnDevPortal),
            "deployedTime": time, "successDeployedTime": time,
        ]
    }
}
