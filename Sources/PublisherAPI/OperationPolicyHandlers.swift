import ContractRouter
import Documents
import Model
import Publishing

/// Operation policies of the tenant and of APIs.
struct OperationPolicyHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAllCommonOperationPolicies", list)
        table.publisher("addCommonOperationPolicy", add)
        table.publisher("getCommonOperationPolicyByPolicyId", read)
        table.publisher("deleteCommonOperationPolicyByPolicyId", delete)
        table.publisher("getCommonOperationPolicyContentByPolicyId", content)
        table.publisher("exportOperationPolicy", export)
        table.publisher("importOperationPolicy", importArchive)
        table.publisher("getAllAPISpecificOperationPolicies", list)
        table.publisher("addAPISpecificOperationPolicy", add)
        table.publisher("getOperationPolicyForAPIByPolicyId", read)
        table.publisher("deleteAPISpecificOperationPolicyByPolicyId", delete)
        table.publisher("getAPISpecificOperationPolicyContentByPolicyId", content)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let page = request.page
        let found = try await services.operationPolicies.list(
            ofAPI: Self.api(of: request), matching: PolicySearch(request.queryText("query")), limit: page.limit,
            offset: page.offset, for: request.caller())
        return .list(found.policies.map(Self.json), total: found.total, of: request)
    }

    private func add(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let api = Self.api(of: request)
        func file(_ name: String) -> PolicyUpload.File? {
            request.part(name).map { PolicyUpload.File(name: $0.fileName, bytes: $0.bytes) }
        }
        let upload = PolicyUpload(
            specification: file("policySpecFile"), definition: file("synapsePolicyDefinitionFile"),
            choreoConnectDefinition: file("ccPolicyDefinitionFile"))
        let policy = try await services.operationPolicies.add(upload, toAPI: api, by: caller, request.change(by: caller))
        let place = (api.map { "/apis/\($0)" } ?? "") + "/operation-policies/\(policy.id)"
        return .created(Self.json(policy), location: place)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse { .ok(Self.json(try await policy(of: request))) }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        try await services.operationPolicies.delete(
            request.pathParameter("operationPolicyId"), ofAPI: Self.api(of: request), by: caller, request.change(by: caller))
        return .noContent
    }

    // MARK: Archives

    private func content(_ request: APIRequest) async throws -> APIResponse {
        Self.archive(try await policy(of: request), .yaml)
    }

    private func export(_ request: APIRequest) async throws -> APIResponse {
        let form: PolicyArchive.Form
        switch request.queryText("format").uppercased() {
        case "", "YAML": form = .yaml
        case "JSON": form = .json
        default: throw CatalogueError.badRequest("format: YAML or JSON is expected")
        }
        let policy = try await services.operationPolicies.policy(
            named: request.queryText("name"), version: request.queryText("version"), for: request.caller())
        return Self.archive(policy, form)
    }

    private func importArchive(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        guard let file = request.part("file") else { throw CatalogueError.badRequest("file: a ZIP archive is expected") }
        _ = try await services.operationPolicies.add(
            PolicyArchive.upload(file.bytes), toAPI: nil, by: caller, request.change(by: caller))
        return APIResponse()
    }

    private static func archive(_ policy: OperationPolicy, _ form: PolicyArchive.Form) -> APIResponse {
        // Names of policies are made of letters, digits, dots, hyphens and underscores.
        APIResponse(
            headers: [("Content-Disposition", "attachment; filename=\"\(policy.name)_\(policy.version).zip\"")],
            body: .bytes(PolicyArchive.archive(policy, form), contentType: "application/zip"))
    }

    private func policy(of request: APIRequest) async throws -> OperationPolicy {
        try await services.operationPolicies.policy(
            request.pathParameter("operationPolicyId"), ofAPI: Self.api(of: request), for: request.caller())
    }

    private static func api(of request: APIRequest) -> String? { request.pathParameters["apiId"] }

    private static func json(_ policy: OperationPolicy) -> JSONValue {
        var json = policy.specification.json
        json["id"] = JSONValue(policy.id)
        json["isAPISpecific"] = JSONValue(policy.apiID != nil)
        json["md5"] = JSONValue(policy.md5)
        return json
    }
}
