import ContractRouter
import Documents
import Model
import Publishing

/// The pictures of APIs, or of products.
struct ThumbnailHandlers: Sendable {
    let family: OperationFamily
    let thumbnails: ThumbnailService

    func register(in table: inout HandlerTable) {
        table.publisher(family.operation(api: "getAPIThumbnail", product: "getAPIProductThumbnail"), read)
        table.publisher(family.operation(api: "updateAPIThumbnail", product: "updateAPIProductThumbnail"), replace)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter(family.idParameter)
        guard let thumbnail = try await thumbnails.thumbnail(ofAPI: id, for: request.caller()) else {
            throw CatalogueError.notFound("thumbnail of the API", id: id)
        }
        var response = APIResponse.bytes(thumbnail.bytes, contentType: thumbnail.mediaType)
        // Pictures come from users: no browser may take one for a page.
        response.headers = [("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", "default-src 'none'; sandbox")]
        response.version = thumbnail.rowVersion
        return response
    }

    private func replace(_ request: APIRequest) async throws -> APIResponse {
        let caller = try request.caller()
        let id = request.pathParameter(family.idParameter)
        let file = request.part("file")
        let format = try await thumbnails.replace(
            ofAPI: id, with: file?.bytes ?? [], fileName: file?.fileName, by: caller, request.change(by: caller))
        let path = "\(family.location(id))/thumbnail"
        let answer: JSONValue = ["relativePath": JSONValue(path), "mediaType": JSONValue(format.rawValue)]
        // The contract answers 201 for APIs and 200 for products.
        var response = APIResponse.created(answer, location: path)
        if family == .product { response.status = 200 }
        return response
    }
}
