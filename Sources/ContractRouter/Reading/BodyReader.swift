import Documents
import Model

/// Reads a request's body as the contract declares it: media type, limits, form.
struct BodyReader {
    var rules: OperationRules
    var contract: Contract
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
        return try check(Self.parse(bytes, type: type, configuration: configuration), media)
    }

    private func check(_ body: APIRequest.Body, _ media: OperationRules.Media) throws -> APIRequest.Body { body }

    /// The body of a plain route, by its media type.
    static func plain(_ exchange: RoutedRequest, configuration: EngineConfiguration) throws -> APIRequest.Body {
        guard !exchange.incoming.body.isEmpty else { return .none }
        let type = MediaType(exchange.incoming.header("content-type") ?? "application/octet-stream")
        return try parse(exchange.incoming.body, type: type, configuration: configuration)
    }

    private static func parse(_ bytes: [UInt8], type: MediaType, configuration: EngineConfiguration) throws -> APIRequest.Body {
        switch type.essence {
        case _ where type.isJSON:
            try checkSize(bytes, configuration.documentLimit)
            return .json(try json(bytes, of: "body"))
        case "application/x-www-form-urlencoded":
            try checkSize(bytes, configuration.documentLimit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CatalogueError.badRequest("The form is not UTF-8.")
            }
            return .form(ContractEngine.strings(try RequestTarget.pairs(text[...], of: "form")))
        case "multipart/form-data":
            try checkSize(bytes, configuration.uploadLimit)
            guard let boundary = type.parameter("boundary") else {
                throw CatalogueError.badRequest("The multipart body has no boundary.")
            }
            return .multipart(try MultipartParser(bytes: bytes, boundary: boundary, partLimit: configuration.partLimit).parts())
        default:
            try checkSize(bytes, configuration.uploadLimit)
            return .bytes(bytes, contentType: type.text)
        }
    }

    private static func checkSize(_ bytes: [UInt8], _ limit: Int) throws {
        guard bytes.count <= limit else { throw CatalogueError.payloadTooLarge(limit: limit) }
    }

    static func json(_ bytes: [UInt8], of place: String) throws -> JSONValue {
        do {
            return try JSONValue.parse(bytes)
        } catch {
            throw CatalogueError.badRequest("The \(place) is not valid JSON: \(error)")
        }
    }
}
