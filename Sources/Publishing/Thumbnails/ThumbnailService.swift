import Documents
import Model
import Storage

/// The pictures of APIs.
public struct ThumbnailService: Sendable {
    /// A stored picture.
    public struct Thumbnail: Sendable {
        public var mediaType: String
        public var bytes: [UInt8]
        /// Counts the changes.
        public var rowVersion: Int64
    }

    private let foundation: PublishingFoundation
    private let kind: APIKind

    init(foundation: PublishingFoundation, kind: APIKind = .api) {
        self.foundation = foundation
        self.kind = kind
    }

    /// The picture, or `nil` for an API without one.
    public func thumbnail(ofAPI id: String, for caller: Principal) async throws -> Thumbnail? {
        try await foundation.changes.read { connection in
            let api = try APIAccess.visible(id, kind, to: caller, in: connection)
            let row = try connection.first(
                "SELECT media_type, content, row_version FROM api_thumbnail WHERE api_id = ? AND tenant_id = ?",
                [SQLValue(id), SQLValue(api.tenantID)])
            return try row.map {
                Thumbnail(
                    mediaType: try $0.text("media_type"), bytes: try $0.blob("content"), rowVersion: try $0.int64("row_version")
                )
            }
        }
    }

    /// Stores a picture. Throws a 400 for bytes that are no picture or that the file's name does not announce.
    public func replace(
        ofAPI id: String, with bytes: [UInt8], fileName: String?, by caller: Principal, _ context: ChangeContext
    ) async throws -> ImageFormat {
        guard !bytes.isEmpty else { throw CatalogueError.thumbnailEmpty }
        guard bytes.count <= foundation.limits.thumbnailSize else {
            throw CatalogueError.thumbnailTooLarge(foundation.limits.thumbnailSize)
        }
        guard let format = ImageFormat(contentOf: bytes), fileName.map(format.fits(fileName:)) ?? true else {
            throw CatalogueError.badRequest("file: a JPEG, PNG, GIF or SVG picture with the matching extension is expected")
        }
        return try await foundation.changes.change(context) { change in
            var api = try APIAccess.editable(id, kind, by: caller, in: change)
            try change.execute(
                """
                INSERT INTO api_thumbnail (api_id, tenant_id, media_type, content, row_version) VALUES (?, ?, ?, ?, 1)
                ON CONFLICT (api_id) DO UPDATE SET media_type = excluded.media_type, content = excluded.content,
                    row_version = api_thumbnail.row_version + 1
                """, [SQLValue(id), SQLValue(api.tenantID), SQLValue(format.rawValue), SQLValue(bytes)])
            api.hasThumbnail = true
            api.updatedMilliseconds = context.milliseconds
            api.updatedBy = caller.displayName
            try APIStore.update(api, in: change)
            try change.audit("update thumbnail", kind: "api", id: id, after: ["mediaType": JSONValue(format.rawValue)])
            return format
        }
    }
}
