import ContractRouter
import Documents
import Model
import Publishing

/// The scripts of APIs that answer before their backends are there.
struct MockHandlers: Sendable {
    let mocks: MockService

    func register(in table: inout HandlerTable) {
        table.publisher("generateMockScripts", generate)
        table.publisher("getGeneratedMockScriptsOfAPI", list)
    }

    private func generate(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let found = try await mocks.generate(
            ofAPI: request.pathParameter("apiId"), by: caller, request.change(by: caller))
        return APIResponse(
            body: .bytes(Array(found.text.utf8), contentType: "application/json"), version: found.version)
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let scripts = try await mocks.scripts(ofAPI: request.pathParameter("apiId"), for: request.caller())
        let items = scripts.map { script -> JSONValue in
            ["path": JSONValue(script.target), "verb": JSONValue(script.verb), "content": JSONValue(script.text)]
        }
        return .ok(["list": .array(items)])
    }
}
