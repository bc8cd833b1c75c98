/// Why something could not be fetched. Messages name hosts as the user gave them, never what they resolve to: that would let a user
/// map the platform's network.
public enum OutgoingError: Error, Sendable, Hashable {
    /// Not an `http` or `https` URL.
    case malformedURL
    case unresolvable(host: String)
    /// The address policy forbids the host.
    case refusedAddress(host: String)
    case tooManyRedirects
    /// The body is longer than allowed, in bytes.
    case tooLarge(limit: Int)
    case timeout
    /// No connection, or a broken one.
    case connection(host: String)
    /// The server was reached, but TLS could not be agreed on: most often its certificate is not trusted, or names another host.
    case insecure(host: String)
    /// The server answered, but not with success.
    case status(Int)
    /// The proxy wants TLS for the connection to itself.
    case unsupportedProxy

    /// A sentence for the user.
    public var reason: String {
        switch self {
        case .malformedURL: "not an http or https URL"
        case .unresolvable(let host): "the host '\(host)' is unknown"
        case .refusedAddress(let host): "the address of '\(host)' is not allowed"
        case .tooManyRedirects: "too many redirects"
        case .tooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .timeout: "the server did not answer in time"
        case .connection(let host): "the connection to '\(host)' failed"
        case .insecure(let host): "no TLS connection to '\(host)': its certificate is not trusted, or it does not speak TLS"
        case .status(let status): "the server answered with status \(status)"
        case .unsupportedProxy: "proxies that speak TLS themselves are not supported"
        }
    }
}
