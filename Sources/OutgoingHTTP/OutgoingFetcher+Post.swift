extension OutgoingFetcher {
    /// The answer to a POST, whatever its status; redirects are not followed, so that credentials go nowhere else.
    ///
    /// - Parameter headers: besides `User-Agent` and the framing.
    public func post(
        _ url: String, headers: [(name: String, value: String)], body: [UInt8]
    ) async throws(OutgoingError) -> Answer {
        try await send(OutgoingRequest("POST", url, headers: headers, body: body))
    }
}
