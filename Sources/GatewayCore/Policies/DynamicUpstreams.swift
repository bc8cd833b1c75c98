import Model
import Synchronization

/// Upstreams at addresses that policies choose while a request is under way. Confined to its loop.
final class DynamicUpstreams {
    /// Different addresses that a loop remembers.
    private static let capacity = 1_000
    private static let timeoutMilliseconds = 60_000

    private let proxy: EgressProxy?
    private var upstreams: [String: Upstream] = [:]
    /// One number for a server in all loops: a request can go on in another one, and these share what they may open.
    private static let pools = Mutex<[String: Int]>([:])

    init(proxy: EgressProxy? = nil) { self.proxy = proxy }

    /// The upstream of a URL; nil if it is none, or if there are too many different servers already.
    func upstream(for url: String) -> Upstream? {
        if let known = upstreams[url] { return known }
        guard let address = EndpointAddress(url), let pool = pool(of: address.origin) else { return nil }
        let upstream = Upstream(
            pool: pool, host: address.host, port: address.port, isTLS: address.isTLS, isService: address.isService,
            hostField: Array(address.hostField.utf8), pathPrefix: Array(address.path.utf8),
            query: Array(address.query.utf8), url: EndpointAddress.shown(url), timeoutMilliseconds: Self.timeoutMilliseconds,
            proxy: proxy?.proxy(for: address.host).flatMap(UpstreamProxy.init))
        if upstreams.count >= Self.capacity { upstreams.removeAll() }
        upstreams[url] = upstream
        return upstream
    }

    /// An odd number, as those of the APIs' endpoints are even. Asked for once an address and loop.
    private func pool(of origin: String) -> Int? {
        Self.pools.withLock { pools in
            if let known = pools[origin] { return known }
            guard pools.count < Self.capacity else { return nil }
            let pool = pools.count * 2 + 1
            pools[origin] = pool
            return pool
        }
    }
}
