/// A request of the gateway's own to another server.
public struct OutgoingRequest: Sendable {
    public enum Method: String, Sendable { case get = "GET", head = "HEAD", post = "POST" }

    public var method: Method
    public var url: String
    /// Header fields beside those that every request has.
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []

    public init(method: Method, url: String) {
        self.method = method
        self.url = url
    }
}
