import ContractRouter
import Documents
import Model
import Publishing

/// The pictures of APIs.
struct ThumbnailHandlers: Sendable {
    let services: PublishingServices

    func register(in table: inout HandlerTable) {
        table.publisher("getAPIThumbnail", read)
        table.publisher("updateAPIThumbnail", replace)
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let id = request.pathParameter("apiId")
        guard let thumbnail = try await services.thumbnails.thumbnail(ofAPI: id, for: request.caller()) else {
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
        let id = request.pathParameter("apiId")
        let file = request.part("file")
        let format = try await services.thumbnails.replace(
            ofAPI: id, with: file?.bytes ?? [], fileName: file?.fileName, by: caller, request.change(by: caller))
        return .created(
            ["relativePath": JSONValue("/apis/\(id)/thumbnail"), "mediaType": JSONValue(format.rawValue)],
            location: "/apis/\(id)/thumbnail")
    }
}
