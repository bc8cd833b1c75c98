import ContractRouter
import Documents
import Model
import Publishing

/// Revisions of APIs, or of products.
struct RevisionHandlers: Sendable {
    let family: OperationFamily
    let revisions: RevisionService
    let gateways: any DeploymentStatus

    func register(in table: inout HandlerTable) {
        table.publisher(family.operation(api: "getAPIRevisions", product: "getAPIProductRevisions"), list)
        table.publisher(family.operation(api: "createAPIRevision", product: "createAPIProductRevision"), create)
        table.publisher(family.operation(api: "getAPIRevision", product: "getAPIProductRevision"), read)
        table.publisher(family.operation(api: "deleteAPIRevision", product: "deleteAPIProductRevision"), delete)
        table.publisher(family.operation(api: "restoreAPIRevision", product: "restoreAPIProductRevision"), restore)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter(family.idParameter)
        let caller = try request.caller()
        let found = try await revisions.list(ofAPI: id, for: caller)
        let selected = Self.select(found.revisions, found.deployments, request.queryText("query"))
        return .ok(Self.list(selected, found.deployments, try await gateways.counts(ofAPI: id, tenant: caller.tenant)))
    }

    private func create(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let id = request.pathParameter(family.idParameter)
        let revision = try await revisions.create(
            ofAPI: id, description: request.json["description"]?.string ?? "", by: caller, request.change(by: caller))
        return .created(
            RevisionJSON.revision(revision, [], [:]), location: "\(family.location(id))/revisions/\(revision.id)")
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter(family.idParameter)
        let caller = try request.caller()
        let found = try await revisions.revision(request.pathParameter("revisionId"), ofAPI: id, for: caller)
        let counts = try await gateways.counts(ofAPI: id, tenant: caller.tenant)
        return .ok(RevisionJSON.revision(found.revision, found.deployments, counts))
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let id = request.pathParameter(family.idParameter)
        let left = try await revisions.delete(
            request.pathParameter("revisionId"), ofAPI: id, by: caller, request.change(by: caller))
        let counts = try await gateways.counts(ofAPI: id, tenant: caller.tenant)
        return .ok(Self.list(left.revisions, left.deployments, counts))
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

    private static func list(
        _ revisions: [Revision], _ deployments: [RevisionDeployment], _ counts: [String: DeploymentCount]
    ) -> JSONValue {
        let items = revisions.map { revision in
            RevisionJSON.revision(revision, deployments.filter { $0.revisionID == revision.id }, counts)
        }
        return ["count": JSONValue(items.count), "list": .array(items)]
    }
}

/// Revisions and deployments as the contract's schemas show them. `counts` are those of the API's environments.
enum RevisionJSON {
    /// The schema `APIRevision`.
    static func revision(
        _ revision: Revision, _ deployments: [RevisionDeployment], _ counts: [String: DeploymentCount]
    ) -> JSONValue {
        [
            "displayName": JSONValue(revision.displayName), "id": JSONValue(revision.id),
            "description": JSONValue(revision.description),
            "createdTime": JSONValue(Timestamp.text(revision.createdMilliseconds)),
            "apiInfo": ["id": JSONValue(revision.apiID)],
            "deploymentInfo": .array(deployments.map { deployment($0, counts) }),
        ]
    }

    /// The schema `APIRevisionDeployment`. A deployment is answered when the gateways work with it, so it is there.
    static func deployment(_ deployment: RevisionDeployment, _ counts: [String: DeploymentCount]) -> JSONValue {
        let time = JSONValue(Timestamp.text(deployment.deployedMilliseconds))
        var json: JSONValue = [
            "revisionUuid": JSONValue(deployment.revisionID), "name": JSONValue(deployment.environment), "status": "APPROVED",
            "vhost": JSONValue(deployment.vhost), "displayOnDevportal": JSONValue(deployment.displaysOnDevPortal),
            "deployedTime": time, "successDeployedTime": time,
        ]
        if let count = counts[deployment.environment] {
            json["liveGatewayCount"] = JSONValue(count.live)
            json["deployedGatewayCount"] = JSONValue(count.deployed)
            json["failedGatewayCount"] = JSONValue(count.failed)
        }
        return json
    }
}
