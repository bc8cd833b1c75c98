import Testing

@testable import OutgoingHTTP

@Suite("Outgoing URLs")
struct OutgoingURLTests {
    static let good: [(String, String, Int?, String)] = [
        ("http://example.com", "example.com", nil, "/"), ("HTTPS://Example.COM:8443/a?b=c#d", "example.com", 8443, "/a?b=c"),
        ("http://[::1]:9/x", "::1", 9, "/x"), ("http://10.0.0.1?q", "10.0.0.1", nil, "/?q"),
        ("ws://a-b.c_d/", "a-b.c_d", nil, "/"),
    ]

    @Test("the parts that decide a connection are found", arguments: good)
    func parses(_ text: String, _ host: String, _ port: Int?, _ target: String) throws {
        let url = try #require(OutgoingURL(text))
        #expect(url.host == host && url.port == port && url.target == target)
    }

    @Test(
        "anything doubtful is refused",
        arguments: [
            "", "example.com", "http:/example.com", "http://", "http:///a", "http://a b/", "http://user@host/",
            "http://a:b@host/",
            "http://host:0/", "http://host:65536/", "http://host:x/", "http://ho\\st/", "http://[::1", "http://[example]/",
            "1http://host/", "http://h\u{f6}st/", "http://host/\n", "http://ho%73t/",
        ])
    func refuses(_ text: String) { #expect(OutgoingURL(text) == nil) }

    @Test(
        "a redirect is read from where it was found",
        arguments: [
            ("http://b.example/x", "http://b.example/x"), ("//b.example/x", "https://b.example/x"),
            ("/x", "https://a.example:1/x"),
            ("x", "https://a.example:1/p/x"),
        ])
    func redirects(_ location: String, _ expected: String) throws {
        let url = try #require(OutgoingURL("https://a.example:1/p/q?r"))
        #expect(url.redirected(to: location)?.text == expected)
    }
}
