import HTTPTypes
import HummingbirdCore
import NIOCore

/// Carries requests of one listener to the engine and its answers back.
struct ConnectionHandler: Sendable {
    var engine: ContractEngine
    var isSecure: Bool
    /// Time for a complete request body.
    var bodySeconds: Int

    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        var incoming = head(of: request, channel)
        let limit = engine.bodyLimit(incoming)
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            return try await write(engine.refusal(of: incoming, bodyLimit: limit), writer, closes: true)
        }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        do {
            incoming.body = try await body(of: request, limit: limit)
        } catch is NIOTooManyBytesError {
            return try await write(engine.refusal(of: incoming, bodyLimit: limit), writer, closes: true)
        }
        let response = await engine.respond(to: incoming)
        if let stream = response.stream { return try await write(response, stream, writer, channel) }
        try await write(response, writer, closes: false)
    }

    private func head(of request: Request, _ channel: any Channel) -> IncomingRequest {
        IncomingRequest(
            method: request.method.rawValue, target: request.head.path ?? "/",
            headers: request.headers.map { ($0.name.rawName, $0.value) }, isSecure: isSecure,
            host: Self.host(request.head.authority) ?? "localhost:\(channel.localAddress?.port ?? 0)",
            clientAddress: channel.remoteAddress?.ipAddress ?? "")
    }

    /// Only what may stand in a URL's authority, because answers contain URLs made of it.
    private static func host(_ authority: String?) -> String? {
        guard let authority, !authority.isEmpty, authority.utf8.count <= 255 else { return nil }
        let isHarmless = authority.utf8.allSatisfy { byte in
            (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a || byte >= 0x30 && byte <= 0x3a
                || [0x2d, 0x2e, 0x5b, 0x5d, 0x5f].contains(byte)
        }
        return isHarmless ? authority : nil
    }

    /// The whole body; a client that does not deliver it in time loses its connection.
    private func body(of request: Request, limit: Int) async throws -> [UInt8] {
        let body = request.body
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { Array(try await body.collect(upTo: limit).readableBytesView) }
            group.addTask {
                try await Task.sleep(for: .seconds(bodySeconds))
                throw BodyTimeout()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private struct BodyTimeout: Error {}

    private func write(_ response: OutgoingResponse, _ writer: consuming ResponseWriter, closes: Bool) async throws {
        var head = Self.head(of: response)
        if response.status != 204 && response.status != 304 {
            head.headerFields[.contentLength] = String(response.contentLength)
        }
        if closes { head.headerFields[.connection] = "close" }
        let body: ResponseBody = response.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: response.body))
        try await writer.write(response: head, body: body)
    }

    /// Sends a streamed body, chunked, as long as the client is there; then the connection ends.
    private func write(
        _ response: OutgoingResponse, _ stream: BodyStream, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var head = Self.head(of: response)
        head.headerFields[.connection] = "close"
        let body = LentWriter(writer: try await writer.writeHead(head))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var body = body.writer
                let pieces = BodyWriter { bytes in try await body.write(ByteBuffer(bytes: bytes)) }
                try await stream.produce(pieces)
            }
            group.addTask {
                await ClientDeparture.wait(on: channel)
                throw CancellationError()
            }
            try await group.next()
            group.cancelAll()
        }
        try await body.writer.finish(nil)
        try await channel.close()
    }

    /// Lends a writer to a child task. Safe although writers are not declared sendable: the one task uses it, the other does not touch it
    /// until that one has ended.
    private struct LentWriter<Writer: ResponseBodyWriter>: @unchecked Sendable {
        var writer: Writer
    }

    private static func head(of response: OutgoingResponse) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in response.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return HTTPResponse(status: HTTPResponse.Status(code: response.status), headerFields: fields)
    }
}
