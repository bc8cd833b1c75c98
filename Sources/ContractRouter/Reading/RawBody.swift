import Documents
import Model

/// Takes a body apart by its media type, within the limits.
struct RawBody {
    var configuration: EngineConfiguration

    /// The body of a plain route.
    func plain(_ incoming: IncomingRequest) throws -> APIRequest.Body {
        guard !incoming.body.isEmpty else { return .none }
        return try parse(incoming.body, type: MediaType(incoming.header("content-type") ?? "application/octet-stream"))
    }

    func parse(_ bytes: [UInt8], type: MediaType) throws -> APIRequest.Body {
        switch type.essence {
        case _ where type.isJSON:
            try checkSize(bytes, configuration.documentLimit)
            return .json(try Self.json(bytes, of: "body"))
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

    private func checkSize(_ bytes: [UInt8], _ limit: Int) throws {
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
