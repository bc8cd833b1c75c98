import AsyncHTTPClient

extension OutgoingFetcher {
    /// The answer to a POST, whatever its status; redirects are not followed, so that credentials go nowhere else.
    ///
    /// - Parameter headers: besides `User-Agent` and the framing.
    public func post(
        _ url: String, headers: [(name: String, value: String)], body content: [UInt8]
    ) async throws(OutgoingError) -> Answer {
        guard let target = OutgoingURL(url), target.scheme == "http" || target.scheme == "https" else { throw .malformedURL }
        let address = try await checkedAddress(of: target.host)
        let client = HTTPClient(configuration: configuration(pinning: target.host, to: address))
        let outcome: Result<Answer, OutgoingError>
        do {
            outcome = .success(try await send(content, headers, to: target, with: client))
        } catch let error as OutgoingError {
            outcome = .failure(error)
        } catch {
            outcome = .failure(Self.translate(error, host: target.host))
        }
        try? await client.shutdown()
        return try outcome.get()
    }

    private func send(
        _ content: [UInt8], _ headers: [(name: String, value: String)], to url: OutgoingURL, with client: HTTPClient
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url.text)
        request.method = .POST
        request.headers.add(name: "User-Agent", value: "martlet")
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(content)
        let response = try await client.execute(request, timeout: .seconds(limits.seconds), logger: logger)
        return Answer(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            contentType: response.headers.first(name: "Content-Type"), body: try await body(of: response))
    }
}
