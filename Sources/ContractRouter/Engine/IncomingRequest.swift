/// A request as the transport delivers it: nothing is checked yet.
public struct IncomingRequest: Sendable {
    public var method: String
    /// Path and query as they came in.
    public var target: String
    /// In order; names in any case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Whether it came in over TLS.
    public var isSecure: Bool
    /// The value of `Host`, or the address of the listener.
    public var host: String
    public var clientAddress: String

    public init(
        method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        isSecure: Bool = true, host: String = "localhost", clientAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.isSecure = isSecure
        self.host = host
        self.clientAddress = clientAddress
    }

    /// The values of a header, joined by `, `; `nil` if it is absent. `name` is lower case.
    public func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

/// An answer, ready for the transport, which adds only `Content-Length`, `Date` and connection headers.
public struct OutgoingResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Makes the body in place of ``body``, which is empty then.
    public var stream: BodyStream?
    /// Length of the body that HEAD does not send.
    public var contentLength: Int

    init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
        contentLength = body.count
    }

    /// The first value of a header; `name` is lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}
