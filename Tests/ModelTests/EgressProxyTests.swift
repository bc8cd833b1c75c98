import Model
import Testing

@Suite("Hosts that are called through a proxy")
struct EgressProxyTests {
    private static func proxy(_ direct: [String], _ proxied: [String] = []) -> EgressProxy {
        EgressProxy(
            proxy: GatewayProxy(host: "proxy", port: 8080, isTLS: false, username: "", password: GatewaySecret("")),
            directHosts: direct, proxiedHosts: proxied)
    }

    @Test(
        "patterns of hosts that are called directly",
        arguments: [
            ("localhost", "localhost", true), ("localhost", "LOCALHOST", true), ("localhost", "localhost.example", false),
            ("127.*", "127.0.0.1", true), ("127.*", "12.7.0.0", false), ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false), ("a*a", "a", false),
            ("[::1]", "::1", true), ("*", "anything", true), ("", "x", false),
        ])
    func matches(_ pattern: String, _ host: String, _ isDirect: Bool) {
        #expect((Self.proxy([pattern]).proxy(for: host) == nil) == isDirect)
    }

    @Test("if hosts are named only they are called through the proxy, and direct ones never")
    func targets() {
        let subject = Self.proxy(["api.partner.example"], ["*.partner.example"])
        #expect(subject.proxy(for: "www.partner.example")?.host == "proxy")
        #expect(subject.proxy(for: "api.partner.example") == nil)
        #expect(subject.proxy(for: "other.example") == nil)
    }
}
