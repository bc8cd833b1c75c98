/// The proxy through which the platform calls other servers, and for which of them (`docs/egress.md`).
public struct EgressProxy: Sendable, Hashable {
    public var proxy: GatewayProxy
    /// Hosts that are called directly: names or addresses, with `*` for any characters.
    public var directHosts: [String]
    /// Hosts that are called through the proxy; empty for all others.
    public var proxiedHosts: [String]

    public init(proxy: GatewayProxy, directHosts: [String], proxiedHosts: [String] = []) {
        self.proxy = proxy
        self.directHosts = directHosts
        self.proxiedHosts = proxiedHosts
    }

    /// The proxy for a host; `nil` if it is called directly.
    public func proxy(for host: String) -> GatewayProxy? {
        let name = host.lowercased()
        if directHosts.contains(where: { Self.matches(name, $0) }) { return nil }
        return proxiedHosts.isEmpty || proxiedHosts.contains { Self.matches(name, $0) } ? proxy : nil
    }

    /// Greedy from the left: after each `*` the rest must follow somewhere.
    private static func matches(_ host: String, _ pattern: String) -> Bool {
        let bare = pattern.lowercased().filter { $0 != "[" && $0 != "]" && $0 != " " }
        let parts = bare.split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return host == bare }
        guard host.hasPrefix(first), host.hasSuffix(last), host.count >= first.count + last.count else { return false }
        var middle = host.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = middle.firstRange(of: part) else { return false }
            middle = middle[found.upperBound...]
        }
        return true
    }
}
