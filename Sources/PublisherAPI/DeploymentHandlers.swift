import ContractRouter
import Documents
import FoundationEssentials
import Model
import Publishing

/// Revisions of APIs, or of products, on gateway environments.
struct DeploymentHandlers: Sendable {
    let family: OperationFamily
    let deployments: DeploymentService
    let revisions: RevisionService
    let gateways: any DeploymentStatus

    func register(in table: inout HandlerTable) {
        table.publisher(family.operation(api: "getAPIRevisionDeployments", product: "getAPIProductRevisionDeployments"), list)
        table.publisher(family.operation(api: "deployAPIRevision", product: "deployAPIProductRevision"), deploy)
        table.publisher(family.operation(api: "undeployAPIRevision", product: "undeployAPIProductRevision"), undeploy)
        table.publisher(family.operation(api: "updateAPIDeployment", product: "updateAPIProductDeployment"), update)
        // Products have no such operation in the contract.
        if family == .api { table.publisher("deleteAPIRevisionDeploymentPendingTask", withdraw) }
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let all = try await deployments.list(ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        return .ok(["list": try await json(all, request)])
    }

    private func deploy(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let targets = try Self.targets(request.json)
        guard !targets.isEmpty else { throw CatalogueError.badRequest("an array of environments is expected") }
        let all = try await deployments.deploy(
            request.queryText("revisionId"), ofAPI: request.pathParameter(family.idParameter), to: targets, by: caller,
            request.change(by: caller))
        return APIResponse(status: 201, body: .json(try await json(all, request)))
    }

    private func undeploy(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let isEverywhere = request.query["allEnvironments"]?.bool ?? false
        let names = try Self.targets(request.json).map(\.environment)
        guard isEverywhere || !names.isEmpty else { throw CatalogueError.badRequest("an array of environments is expected") }
        let left = try await deployments.undeploy(
            try Self.selection(request), ofAPI: request.pathParameter(family.idParameter), from: isEverywhere ? nil : names,
            by: caller,
            request.change(by: caller))
        return APIResponse(status: 201, body: .json(try await json(left, request)))
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        guard let environment = Base64Text.decoded(request.pathParameter("deploymentId")) else {
            throw CatalogueError.deploymentIDInvalid
        }
        let deployment = try await deployments.setDisplayed(
            request.json["displayOnDevportal"]?.bool ?? true, environment: environment,
            ofAPI: request.pathParameter(family.idParameter), by: caller, request.change(by: caller))
        let counts = try await gateways.counts(ofAPI: request.pathParameter(family.idParameter), tenant: caller.tenant)
        return .ok(RevisionJSON.deployment(deployment, counts))
    }

    private func json(_ deployments: [RevisionDeployment], _ request: APIRequest) async throws -> JSONValue {
        let tenant = try request.caller().tenant
        let counts = try await gateways.counts(ofAPI: request.pathParameter(family.idParameter), tenant: tenant)
        return .array(deployments.map { RevisionJSON.deployment($0, counts) })
    }

    /// No deployment waits for approval while every one is approved at once.
    private func withdraw(_ request: APIRequest) async throws -> APIResponse {
        _ = try await revisions.revision(
            request.pathParameter("revisionId"), ofAPI: request.pathParameter(family.idParameter), for: request.caller())
        throw CatalogueError.noPendingTask
    }

    private static func selection(_ request: APIRequest) throws -> DeploymentService.Selection {
        let (id, number) = (request.queryText("revisionId"), request.queryText("revisionNumber"))
        if !id.isEmpty { return .id(id) }
        guard !number.isEmpty else { throw CatalogueError.badRequest("revisionId or revisionNumber is needed") }
        return .number(number)
    }

    private static func targets(_ body: JSONValue) throws -> [DeploymentService.Target] {
        try (body.array ?? []).map { entry in
            guard let name = entry["name"]?.string, !name.isEmpty else {
                throw CatalogueError.badRequest("name: the name of an environment is expected")
            }
            return DeploymentService.Target(
                environment: name, vhost: entry["vhost"]?.string,
                displaysOnDevPortal: entry["displayOnDevportal"]?.bool ?? true)
        }
    }

}

/// Texts that clients put base64-coded into paths.
enum Base64Text {
    /// RFC 4648 §4 or §5, with or without padding; `nil` for anything else.
    static func decoded(_ text: String) -> String? {
        var standard = text.replacing("-", with: "+").replacing("_", with: "/").filter { $0 != "=" }
        standard += String(repeating: "=", count: (4 - standard.count % 4) % 4)
        return Data(base64Encoded: standard).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
