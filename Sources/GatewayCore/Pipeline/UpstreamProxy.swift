import FoundationEssentials
import Model

/// The HTTP proxy on the way to an upstream (`docs/egress.md`).
public struct UpstreamProxy: Sendable, Hashable {
    public let host: String
    public let port: UInt16
    /// `Proxy-Authorization: …\r\n`; empty if the proxy asks for nothing.
    public let authorizationLine: [UInt8]

    /// `nil` for what no connection can be made to.
    init?(_ proxy: GatewayProxy) {
        guard !proxy.host.isEmpty, let port = UInt16(exactly: proxy.port), port > 0 else { return nil }
        host = proxy.host
        self.port = port
        let account = Data("\(proxy.username):\(proxy.password.value)".utf8).base64EncodedString()
        authorizationLine = proxy.username.isEmpty ? [] : Array("Proxy-Authorization: Basic \(account)\r\n".utf8)
    }
}
