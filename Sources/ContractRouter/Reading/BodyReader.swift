import Documents
import Model

/// Reads a request's body and checks it against the contract: media type, limits, schema.
struct BodyReader {
    var rules: OperationRules
    var configuration: EngineConfiguration
    var exchange: RoutedRequest

    func read() throws -> APIRequest.Body {
        let bytes = exchange.incoming.body
        guard !rules.media.isEmpty else { return .none }
        guard !bytes.isEmpty else {
            guard !rules.isBodyRequired else { throw CatalogueError.badRequest("Request payload cannot be empty.") }
            return .none
        }
        let type = MediaType(exchange.incoming.header("content-type") ?? "")
        guard let media = rules.media.first(where: { type.fits($0.type) }) else {
            throw CatalogueError.unsupportedMediaType(type.essence, accepted: rules.media.map(\.type))
        }
        switch try RawBody(configuration: configuration).parse(bytes, type: type) {
        case .json(let json):
            guard let schema = media.schema else { return .json(json) }
            return .json(try Self.check(json, schema))
        case .multipart(let parts): return .multipart(try FormReader(fields: media.fields).check(parts))
        case .form(let form): return .form(try FormReader(fields: media.fields).check(form))
        case let other: return other
        }
    }

    /// The value as the contract wants it: quotes taken off numbers, `readOnly` members and `null` left out. Otherwise a 400.
    static func check(_ json: JSONValue, _ schema: JSONSchema) throws -> JSONValue {
        let (value, findings) = schema.check(json, options: .requestBody)
        guard let first = findings.first else { return value }
        var error = CatalogueError.badRequest(first.message)
        error.details = findings.map {
            CatalogueError.Detail(code: "400", message: $0.message, description: "\($0.path) (\($0.rule))")
        }
        throw error
    }
}
