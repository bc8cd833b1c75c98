import Model

extension ContractEngine {
    /// How many bytes the body of a request may have; the transport reads no more than that. The router checks again by media type.
    public func bodyLimit(_ incoming: IncomingRequest) -> Int {
        let type = MediaType(incoming.header("content-type") ?? "")
        let isDocument = type.isJSON || type.essence == "application/x-www-form-urlencoded"
        return isDocument ? configuration.documentLimit : configuration.uploadLimit
    }

    /// The answer to a request whose body the transport did not read because it is larger than `bodyLimit`.
    public func refusal(of incoming: IncomingRequest, bodyLimit: Int) -> OutgoingResponse {
        ResponseRendering(incoming: incoming, configuration: configuration, requestID: requestID(of: incoming))
            .render(CatalogueError.payloadTooLarge(limit: bodyLimit))
    }
}
