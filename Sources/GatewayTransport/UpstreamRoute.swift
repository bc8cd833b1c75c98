import GatewayCore
import NIOCore

/// The way from a socket to an upstream: through a proxy if there is one, and TLS.
struct UpstreamRoute {
    let upstream: Upstream
    /// Certificates that count for the upstream beside the machine's authorities.
    let trust: UpstreamTrust?
    let tls: UpstreamTLS
    /// For a proxy to open the way.
    let timeoutMilliseconds: Int64

    /// The host to connect to on the way to `host`.
    func firstHost(to host: String) -> String { upstream.proxy?.host ?? host }

    /// The port to connect to on the way to `port`.
    func firstPort(to port: UInt16) -> Int { Int(upstream.proxy?.port ?? port) }

    /// Gives a new channel its handlers: from the socket, the way through a proxy, TLS, and the connection's own. These hear that the
    /// connection is active when the way is open.
    func prepare(_ channel: any Channel, to host: String, _ port: UInt16, _ handlers: [any ChannelHandler]) throws {
        let pipeline = channel.pipeline.syncOperations
        if let proxy = upstream.proxy, upstream.needsTunnel {
            try pipeline.addHandler(tunnel(to: host, port, through: proxy))
        } else if upstream.isTLS {
            try pipeline.addHandlers([SocketWriter(), tls.handler(for: upstream, name: host, trust: trust)])
        }
        try pipeline.addHandlers(handlers)
    }

    private func tunnel(to host: String, _ port: UInt16, through proxy: UpstreamProxy) -> ProxyTunnelHandler {
        ProxyTunnelHandler(
            to: host, port, through: proxy, mayBeSpokenTo: !upstream.isTLS, timeoutMilliseconds: timeoutMilliseconds
        ) { [tls, upstream, trust] context in
            guard upstream.isTLS else { return context.fireChannelActive() }
            let handler = try tls.handler(for: upstream, name: host, trust: trust)
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(handler, position: .after(context.handler))
            try pipeline.context(handler: handler).fireChannelActive()
        }
    }
}
