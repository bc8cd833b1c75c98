import ContractRouter
import Documents
import Model
import Operating

/// Why requests were refused, and how traced ones went.
struct DecisionHandlers: Sendable {
    let decisions: any DecisionSource
    let apis: any APIDirectory

    /// With one of these the caller works on APIs.
    private static let publisherScopes: Set<String> = [
        "apim:api_view", "apim:api_manage", "apim:api_publish", "apim:api_create",
    ]

    func register(in table: inout HandlerTable) {
        table.handle(MartletHandlers.contract, "getDecision", explain)
    }

    private func explain(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let id = request.pathParameter("requestId")
        let records = await decisions.records(of: id, tenant: caller.tenant).sorted { $0.milliseconds > $1.milliseconds }
        var views: [JSONValue] = []
        for record in records {
            if let view = await view(of: record, for: caller) { views.append(view) }
        }
        guard var newest = views.first else { throw CatalogueError.decisionNotFound(id) }
        let others = views.dropFirst().compactMap { $0["requestId"]?.string }
        if !others.isEmpty { newest["otherRequestIds"] = JSONValue(others) }
        return .ok(newest)
    }

    /// What the caller may see of a record; `nil` for nothing. Administrators see all of their tenant, publishers what leads to APIs that they
    /// see or to none, consumers the requests of their own applications, without what lies behind the API.
    private func view(of record: DecisionRecord, for caller: Principal) async -> JSONValue? {
        let view = DecisionView(record)
        if caller.scopes.contains("apim:admin") { return view.json(showsBackend: true) }
        if !caller.scopes.isDisjoint(with: Self.publisherScopes) {
            guard let api = record.members["apiId"]?.string else { return view.json(showsBackend: true) }
            if (try? await apis.requireVisible(api, to: caller)) != nil { return view.json(showsBackend: true) }
        }
        let owner = record.members["applicationOwner"]?.string?.lowercased()
        let isOwn = owner == caller.username.lowercased() || owner == caller.qualifiedName.lowercased()
        guard isOwn, caller.scopes.contains("apim:subscribe") else { return nil }
        return view.json(showsBackend: false)
    }
}
