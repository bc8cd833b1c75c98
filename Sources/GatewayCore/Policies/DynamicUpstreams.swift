/// Upstreams at addresses that policies choose while a request is under way. Confined to its loop.
final class DynamicUpstreams {
    /// Different addresses that a loop remembers.
    private static let capacity = 1_000
    private static let timeoutMilliseconds = 60_000

    private var upstreams: [String: Upstream] = [:]
    private var pools: [String: Int] = [:]

    /// The upstream of a URL; nil if it is none, or if there are too many different servers already.
    func upstream(for url: String) -> Upstream? {
        if let known = upstreams[url] { return known }
        guard let address = EndpointAddress(url), let pool = pool(of: address.origin) else { return nil }
        let upstream = Upstream(
            pool: pool, host: address.host, port: address.port, isTLS: address.isTLS,
            hostField: Array(address.hostField.utf8), pathPrefix: Array(address.path.utf8), url: Array(url.utf8),
            timeoutMilliseconds: Self.timeoutMilliseconds)
        if upstreams.count >= Self.capacity { upstreams.removeAll() }
        upstreams[url] = upstream
        return upstream
    }

    /// Numbers below zero, as those of the APIs' endpoints are not.
    private func pool(of origin: String) -> Int? {
        if let known = pools[origin] { return known }
        guard pools.count < Self.capacity else { return nil }
        let pool = -1 - pools.count
        pools[origin] = pool
        return pool
    }
}
