import GatewayCore
import Model
import NIOCore

/// One HTTP/2 connection of a client without its socket: what reads and writes the frames, for whoever brings the bytes (`docs/fuzzing.md`).
/// Requests must be answered by the pipeline itself, as an event loop without sockets reaches no upstream.
package struct FrameEngine {
    /// Takes bytes of the client, and writes frames.
    package let handler: any ChannelHandler

    /// - Parameters:
    ///   - eventLoop: the loop of the channel that ``handler`` is added to.
    ///   - allowance: what is in use of it when the connection has ended was forgotten.
    /// - Throws: `NIOSSLError` if TLS is not available.
    package init(
        eventLoop: any EventLoop, pipeline: RequestPipeline, limits: WireLimits, allowance: GatewayAllowance, time: TimeSource
    ) throws {
        var settings = GatewaySettings(listeners: [])
        settings.limits = limits
        settings.upstreams.verifiesCertificates = false
        let loop = try GatewayLoop(
            eventLoop: eventLoop, settings: settings, allowance: allowance, pipeline: pipeline, time: time,
            tls: UpstreamTLS(settings.upstreams))
        var facts = ConnectionFacts(
            peerAddress: Array("127.0.0.1".utf8), isTrustedProxy: true, isTLS: false, localPort: 8280)
        facts.isHTTP2 = true
        handler = ClientConnectionHandler(loop: loop, facts: facts)
    }
}
