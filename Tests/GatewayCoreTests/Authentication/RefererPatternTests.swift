import Testing

@testable import GatewayCore

@Suite("Pages from which an API key may be used")
struct RefererPatternTests {
    @Test(
        "a pattern takes the pages that it names",
        arguments: [
            ("www.example.com/path", "https://www.example.com/path"), ("www.example.com/path", "www.example.com/path"),
            ("sub.example.com/*", "http://sub.example.com/"), ("sub.example.com/*", "https://sub.example.com/a?b=/c"),
            ("sub.example.com/*", "https://sub.example.com"), ("*.example.com/*", "https://a.b.example.com/x"),
            ("*.Example.com/*", "https://A.EXAMPLE.com/x"), ("https://www.example.com/*", "https://www.example.com/x"),
            ("www.example.com", "https://www.example.com/"), ("www.example.com", "https://www.example.com"),
            ("*.example.com*", "https://a.example.com/x/y"), ("*", "https://anything.example/at?all"),
            ("a.example/*/c", "http://a.example/b/b/c"),
        ])
    func taken(pattern: String, page: String) {
        #expect(RefererPattern(pattern).matches(Array(page.utf8)))
    }

    @Test(
        "others are not let in, whatever their address holds",
        arguments: [
            ("www.example.com/path", "https://www.example.com/path/x"),
            ("www.example.com/path", "https://www.example.com/PATH"),
            ("*.example.com/*", "https://evil.example/?x=a.example.com/y"),
            ("*.example.com/*", "https://evil.example/a.example.com/y"),
            ("*.example.com/*", "https://evil.example#a.example.com/y"), ("*.example.com/*", "https://example.com/"),
            ("*.example.com*", "https://evil.example/?.example.com"), ("www.example.com", "https://www.example.com/x"),
            ("www.example.com/*", "https://www.example.com.evil.example/"), ("", "https://a.example/"), ("a.example/*", ""),
        ])
    func refused(pattern: String, page: String) {
        #expect(!RefererPattern(pattern).matches(Array(page.utf8)))
    }
}
