/// A body that is made while it is sent, for answers that are long or never end.
public struct BodyStream: Sendable {
    /// Makes the body. It is cancelled when the client goes away; what it throws ends the connection, because the head is gone already.
    public typealias Producer = @Sendable (BodyWriter) async throws -> Void

    package let produce: Producer

    public init(_ produce: @escaping Producer) { self.produce = produce }
}

/// Takes the pieces of a streamed body. Stays in the task of the producer.
public struct BodyWriter {
    private let send: ([UInt8]) async throws -> Void

    package init(_ send: @escaping ([UInt8]) async throws -> Void) { self.send = send }

    /// Sends the bytes. Returns when the connection has room for more, so a slow client holds the producer and fills no memory; throws when
    /// the connection is gone.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await send(bytes)
    }
}
