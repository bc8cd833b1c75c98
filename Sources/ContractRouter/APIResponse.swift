import Documents

/// A handler's answer.
public struct APIResponse: Sendable {
    public enum Body: Sendable {
        case none
        case json(JSONValue)
        case bytes([UInt8], contentType: String)
        /// Made while it is sent. Never compressed by the router, without `ETag`.
        case stream(BodyStream, contentType: String)
    }

    public var status: Int
    /// Additional headers in order; names as they go out.
    public var headers: [(name: String, value: String)]
    public var body: Body
    /// The row's version; the router makes the `ETag` of it and answers `If-None-Match` and `If-Match`.
    public var version: Int64?

    public init(
        status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = .none, version: Int64? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.version = version
    }

    public static func ok(_ json: JSONValue, version: Int64? = nil) -> Self {
        Self(body: .json(json), version: version)
    }

    public static func created(_ json: JSONValue, location: String, version: Int64? = nil) -> Self {
        Self(status: 201, headers: [("Location", location)], body: .json(json), version: version)
    }

    public static let noContent = Self(status: 200)

    public static func bytes(_ bytes: [UInt8], contentType: String, status: Int = 200) -> Self {
        Self(status: status, body: .bytes(bytes, contentType: contentType))
    }

    /// The answer with the relative address of what it shows, from path segments that may contain any character.
    public func located(at segments: [String]) -> Self {
        var answer = self
        answer.headers.append(("Location", segments.map { "/" + PercentEncoding.encodeQueryValue($0) }.joined()))
        return answer
    }

    /// A list body `{count, list, pagination{offset, limit, total, next, previous}}`; `items` is the page, `total` the whole, and `name`
    /// the member that holds the items where the contract does not call it `list`.
    public static func list(_ items: [JSONValue], total: Int, of request: APIRequest, named name: String = "list") -> Self {
        let page = request.page
        return .ok([
            "count": JSONValue(items.count),
            name: .array(items),
            "pagination": PageLinks(page: page, total: total, request: request).json,
        ])
    }
}
