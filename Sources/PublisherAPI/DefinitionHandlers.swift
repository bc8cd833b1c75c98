import ContractRouter
import Definitions
import Documents
import Model
import Publishing

/// Importing, validating, showing and replacing OpenAPI definitions.
struct DefinitionHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("importOpenAPIDefinition", importDefinition)
        table.publisher("validateOpenAPIDefinition", validate)
        table.publisher("getAPISwagger", read)
        table.publisher("updateAPISwagger", replace)
        table.publisher("validateEndpoint", validateEndpoint)
    }

    private func importDefinition(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let source = try source(of: request, inlineField: "inlineAPIDefinition")
        let api = try await services.definitions.importAPI(
            source, try additionalProperties(of: request), by: caller, request.change(by: caller))
        return .created(APIJSON.full(api), location: "/apis/\(api.id)", version: api.rowVersion)
    }

    private func validate(_ request: APIRequest) async throws -> APIResponse {
        let source = try source(of: request, inlineField: "inlineAPIDefinition")
        switch try await services.definitions.validate(source) {
        case .valid(let definition):
            return .ok(Self.valid(definition, withContent: request.query["returnContent"]?.bool ?? false))
        case .invalid(let error):
            let whole = CatalogueError.Detail(
                code: String(error.code), message: error.message, description: error.description)
            let errors = (error.details.isEmpty ? [whole] : error.details).map { entry -> JSONValue in
                [
                    "code": JSONValue(entry.code), "message": JSONValue(entry.message),
                    "description": JSONValue(entry.description),
                ]
            }
            return .ok(["isValid": false, "errors": .array(errors)])
        }
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let found = try await services.definitions.definition(ofAPI: request.pathParameter("apiId"), for: request.caller())
        return Self.definition(found)
    }

    private func replace(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let source = try source(of: request, inlineField: "apiDefinition")
        let found = try await services.definitions.replace(
            ofAPI: request.pathParameter("apiId"), with: source, expects: request.ifMatch, by: caller,
            request.change(by: caller))
        return Self.definition(found)
    }

    private func validateEndpoint(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let url = request.queryText("endpointUrl")
        do {
            let answer = try await services.probe(url, by: caller)
            return .ok(["statusCode": JSONValue(answer.status), "statusMessage": JSONValue(answer.reason)])
        } catch let failure as ProbeFailure {
            return .ok(["statusCode": 0, "statusMessage": "", "error": JSONValue(failure.reason)])
        }
    }

    private static func definition(_ found: (text: String, version: Int64)) -> APIResponse {
        APIResponse(
            body: .bytes(Array(found.text.utf8), contentType: "application/json"), version: found.version)
    }

    private static func valid(_ definition: OpenAPIDefinition, withContent: Bool) -> JSONValue {
        var answer: JSONValue = [
            "isValid": true,
            "info": [
                "name": JSONValue(definition.title), "version": JSONValue(definition.version),
                "context": JSONValue(definition.suggestedContext), "description": JSONValue(definition.description),
                "openAPIVersion": JSONValue(definition.formatVersion), "endpoints": JSONValue(definition.servers),
                "operations": .array(definition.operations),
            ],
            "errors": [],
        ]
        if withContent { answer["content"] = JSONValue(definition.document.text) }
        return answer
    }

    /// The one of `file`, `url` and the inline field that is given.
    private func source(of request: APIRequest, inlineField: String) throws -> DefinitionService.Source {
        let file = request.part("file").map(\.bytes).flatMap { $0.isEmpty ? nil : $0 }
        let url = request.fieldText("url")
        let inline = request.fieldText(inlineField)
        let sources = [
            file.map(DefinitionService.Source.bytes), url.map(DefinitionService.Source.url),
            inline.map { .bytes(Array($0.utf8)) },
        ].compactMap { $0 }
        guard let source = sources.first else { throw CatalogueError.definitionMissing }
        guard sources.count == 1 else { throw CatalogueError.definitionAmbiguous }
        return source
    }

    /// The API object beside the definition; optional, because a definition names everything that an API needs.
    private func additionalProperties(of request: APIRequest) throws -> JSONObject {
        if let json = request.part("additionalProperties")?.json {
            return json.object ?? JSONObject()
        }
        guard let text = request.fieldText("additionalProperties") else { return JSONObject() }
        do {
            guard let members = try JSONValue.parse(text).object else {
                throw CatalogueError.additionalPropertiesUnreadable("a JSON object is expected")
            }
            return members
        } catch let error as JSONError {
            throw CatalogueError.additionalPropertiesUnreadable(error.description)
        }
    }
}
