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
        var stream: BodyStream?
        switch response.body {
        case .none: break
        case .json(let json):
            body = json.serialized()
            headers.append(("Content-Type", "application/json"))
        case .bytes(let bytes, let contentType):
            body = bytes
            headers.append(("Content-Type", contentType))
        case .stream(let producer, let contentType):
            stream = producer
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
        var outgoing = OutgoingResponse(status: status, headers: headers, body: body)
        outgoing.stream = incoming.method == "HEAD" ? nil : stream
        if status == 200 && stream == nil { compress(&outgoing, asFile: contentTypes.contains("application/json")) }
        return finish(outgoing)
    }

    /// Compresses for clients that accept it. `Accept: application/gzip` asks for the JSON answer as a gzip file instead.
    private func compress(_ response: inout OutgoingResponse, asFile: Bool) {
        guard incoming.method == "GET" || incoming.method == "HEAD", response.header("content-encoding") == nil else { return }
        let type = MediaType(response.header("content-type") ?? "")
        let isFile = asFile && type.isJSON && Acceptance(incoming.header("accept")).names("application/gzip")
        let isText = type.isJSON || type.essence.hasPrefix("text/") || type.essence.hasSuffix("yaml")
        let isWorthIt = isText && response.body.count >= configuration.compressionThreshold
        guard isFile || isWorthIt else { return }
        if !isFile { response.headers.append(("Vary", "Accept-Encoding")) }
        guard isFile || acceptsGzip, let compressed = Gzip.compress(response.body) else { return }
        response.body = compressed
        response.headers.append(("Content-Encoding", "gzip"))
        guard isFile else { return }
        response.headers.append(("Content-Disposition", "attachment; filename=\"\(fileName).json.gz\""))
    }

    private var acceptsGzip: Bool {
        let codings = Acceptance(incoming.header("accept-encoding") ?? "identity")
        return codings.names("gzip")
    }

    /// The last segment of the path, as far as it is harmless in a header.
    private var fileName: String {
        let path = incoming.target.prefix { $0 != "?" }
        let last = path.split(separator: "/").last ?? "answer"
        return String(last.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
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
