/// An `http` or `https` URL of an endpoint, taken apart; or a `srv` or `srvs` one, which names a service (RFC 2782).
struct EndpointAddress {
    var host: String
    var port: UInt16
    var isTLS: Bool
    /// Whether the host is the name of a service, whose records tell server and port.
    var isService = false
    /// Without trailing slash.
    var path: String
    /// Parameters that every request gets, without `?`; empty for none.
    var query: String

    /// `nil` if the text is no absolute HTTP URL, or holds user information, which never belongs into an endpoint.
    init?(_ url: String) {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else { return nil }
        switch parts[0].lowercased() {
        case "http": isTLS = false
        case "https": isTLS = true
        case "srv", "srvs":
            isTLS = parts[0].utf8.count == 4
            isService = true
        default: return nil
        }
        let authority = parts[1].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host.lowercased()
        guard let port = port.isEmpty ? (isTLS ? 443 : 80) : UInt16(port), port > 0 else { return nil }
        self.port = port
        let target = parts[1].dropFirst(authority.count).prefix { $0 != "#" }
        var path = target.prefix { $0 != "?" }
        query = String(target.dropFirst(path.count + 1))
        while path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
    }

    private static func split(_ authority: Substring) -> (host: Substring, port: Substring)? {
        // Variables may stand in the path only: who calls must not choose the server.
        guard !authority.isEmpty, !authority.contains(where: { "@{}".contains($0) }) else { return nil }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return (authority[authority.index(after: authority.startIndex)..<end], rest.dropFirst())
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts[0].isEmpty else { return nil }
        return (parts[0], parts.count == 2 ? parts[1] : "")
    }

    /// The URL as logs and events may show it: parameters are often keys.
    static func shown(_ url: String) -> [UInt8] { Array(url.utf8.prefix { $0 != 0x3F && $0 != 0x23 }) }

    /// Names a pool of connections.
    var origin: String { "\(isService ? "service " : "")\(isTLS ? "https" : "http")://\(hostText):\(port)" }

    /// Value of the `Host` field: the port only where it is not the scheme's own (RFC 9110 §7.2).
    var hostField: String { isService ? serviceDomain : port == (isTLS ? 443 : 80) ? hostText : "\(hostText):\(port)" }

    /// The name without the labels for service and protocol: `_shop._tcp.example.com` is of `example.com`.
    private var serviceDomain: String { host.split(separator: ".").drop { $0.hasPrefix("_") }.joined(separator: ".") }

    private var hostText: String { host.contains(":") ? "[\(host)]" : host }
}
