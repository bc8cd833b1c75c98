import Documents

/// A request after routing, on its way to become an ``APIRequest``.
struct RoutedRequest: Sendable {
    var incoming: IncomingRequest
    var target: RequestTarget
    /// Percent-decoded values of the path template.
    var parameters: [String: String]
    /// Without `/t/{domain}`.
    var segments: [String]
    var tenantDomain: String?
    var requestID: String
    var milliseconds: Int64
    /// Media types that the contract lists for the answer.
    var answerTypes: [String] = []

    /// The raw path without `/t/{domain}`.
    var path: String {
        guard tenantDomain != nil else { return target.rawPath }
        let parts = target.rawPath.split(separator: "/", omittingEmptySubsequences: true).dropFirst(2)
        return "/" + parts.joined(separator: "/")
    }

    var headers: [String: String] {
        Dictionary(incoming.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $0 + ", " + $1 })
    }

    var baseURL: String { (incoming.isSecure ? "https://" : "http://") + incoming.host }
}
