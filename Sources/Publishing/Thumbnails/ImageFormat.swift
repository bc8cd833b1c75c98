/// The kinds of pictures that an API may have as thumbnail.
public enum ImageFormat: String, Sendable, CaseIterable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case gif = "image/gif"
    case svg = "image/svg+xml"

    /// The kind that the bytes themselves show; `nil` for none of these.
    public init?(contentOf bytes: [UInt8]) {
        if bytes.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if bytes.starts(with: Array("GIF87a".utf8)) || bytes.starts(with: Array("GIF89a".utf8)) {
            self = .gif
        } else if Self.isSVG(bytes) {
            self = .svg
        } else {
            return nil
        }
    }

    /// Whether a file of this name may hold this kind.
    public func fits(fileName: String) -> Bool {
        let name = fileName.lowercased()
        switch self {
        case .jpeg: return name.hasSuffix(".jpg") || name.hasSuffix(".jpeg")
        case .png: return name.hasSuffix(".png")
        case .gif: return name.hasSuffix(".gif")
        case .svg: return name.hasSuffix(".svg")
        }
    }

    /// XML whose first element is `svg`. Active content is refused: browsers would run it in the portal's name.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self)?.lowercased(), text.contains("<svg") else { return false }
        let first = text.first { !$0.isWhitespace && $0 != "\u{feff}" }
        let isActive = ["<script", "<!entity", "<foreignobject", "javascript:", " on"].contains { text.contains($0) }
        return first == "<" && !isActive
    }
}
