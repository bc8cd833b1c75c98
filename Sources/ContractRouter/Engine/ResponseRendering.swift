import Documents
import Model

/// Turns handler answers and errors into bytes with headers; the one place where the wire form of answers is made.
struct ResponseRendering {
    var incoming: IncomingRequest
    var configuration: EngineConfiguration
    var requestID: String
    /// Verbs of the path, for `Allow`.
    var allowed: [String] = []

    func render(_ response: APIResponse, contentTypes: [String]) -> OutgoingResponse {
        var headers = response.headers
        var body: [UInt8] = []
        switch response.body {
        case .none: break
        case .json(let json):
            body = json.serialized()
            headers.append(("Content-Type", "application/json"))
        case .bytes(let bytes, let contentType):
            body = bytes
            headers.append(("Content-Type", contentType))
        }
        var status = response.status
        if let version = response.version {
            headers.append(("ETag", EntityTag.text(of: version)))
            let isRead = incoming.method == "GET" || incoming.method == "HEAD"
            if isRead, status == 200, let known = incoming.header("if-none-match"), EntityTag.matches(known, version: version) {
                status = 304
                body = []
                headers.removeAll { $0.name == "Content-Type" }
            }
        }
        return finish(OutgoingResponse(status: status, headers: headers, body: body))
    }

    func render(_ error: CatalogueError) -> OutgoingResponse {
        var headers = [("Content-Type", "application/json")]
        if error.status == 401 { headers.append(("WWW-Authenticate", challenge())) }
        if error.status == 405 { headers.append(("Allow", allowed.joined(separator: ", "))) }
        return finish(OutgoingResponse(status: error.status, headers: headers, body: error.json.serialized()))
    }

    /// `OPTIONS`: a preflight of a page of an allowed origin, or the question which verbs there are.
    func options(allowed: [String]) -> OutgoingResponse {
        guard !allowed.isEmpty else { return render(CatalogueError.resourceNotFound(path: incoming.target)) }
        var response = OutgoingResponse(status: 204, headers: [("Allow", (allowed + ["OPTIONS"]).joined(separator: ", "))])
        if CrossOrigin(incoming, configuration).isAllowed {
            response.headers += CrossOrigin(incoming, configuration).preflight(methods: allowed)
        }
        return finish(response)
    }

    private func challenge() -> String {
        guard incoming.header("authorization") != nil else { return "Bearer realm=\"martlet\"" }
        return "Bearer realm=\"martlet\", error=\"invalid_token\""
    }

    private func finish(_ response: OutgoingResponse) -> OutgoingResponse {
        var response = response
        if !response.headers.contains(where: { $0.name == "activityid" }) { response.headers.append(("activityid", requestID)) }
        if response.header("cache-control") == nil { response.headers.append(("Cache-Control", "no-store")) }
        response.headers.append(("X-Content-Type-Options", "nosniff"))
        response.headers += CrossOrigin(incoming, configuration).headers
        response.contentLength = response.body.count
        if incoming.method == "HEAD" { response.body = [] }
        return response
    }
}

extension CatalogueError {
    /// The body of every error answer (`docs/errors.md`).
    public var json: JSONValue {
        [
            "code": JSONValue(code), "message": JSONValue(message), "description": JSONValue(description), "moreInfo": "",
            "error": .array(
                details.map {
                    ["code": JSONValue($0.code), "message": JSONValue($0.message), "description": JSONValue($0.description)]
                }),
        ]
    }
}
