import Testing

@testable import GatewayCore

@Suite("Addresses and restrictions of keys")
struct IPAddressTests {
    @Test(
        "texts of one address are equal",
        arguments: [
            ("127.0.0.1", "::ffff:127.0.0.1"), ("::1", "0:0:0:0:0:0:0:1"), ("2001:db8::", "2001:0DB8:0:0:0:0:0:0"),
            ("::", "0::0"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ])
    func equal(left: String, right: String) throws {
        let address = try #require(IPAddress(left.utf8))
        #expect(address == IPAddress(right.utf8))
    }

    @Test(
        "other texts are no addresses",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.-4", "a.b.c.d", "1.2.3.4 ", "::1::", "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "12345::", ":1", "1:", "g::", "1::2::3", "1:2:3:4:5:6:7:8::", ":::",
        ])
    func malformed(text: String) { #expect(IPAddress(text.utf8) == nil) }

    @Test(
        "blocks contain what lies in them",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.1", "10.0.0.1", true),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "2001:db8::1", true), ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/80", "2001:db8::1:0:1", true),
            ("2001:db8::/64", "2001:db8:0:1::", false),
            ("192.168.1.128/25", "192.168.1.127", false),
        ])
    func ranges(block: String, address: String, isInside: Bool) throws {
        let range = try #require(AddressRange(block))
        #expect(range.contains(try #require(IPAddress(address.utf8))) == isInside)
    }

    @Test("blocks that are none", arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "/8", "10.0.0.0/8/8", "x"])
    func malformedRange(text: String) { #expect(AddressRange(text) == nil) }

    @Test(
        "pages are compared with wildcards",
        arguments: [
            ("www.example.com/path", "https://www.example.com/path", true),
            ("www.example.com/path", "http://www.example.com/path/x", false),
            ("sub.example.com/*", "https://sub.example.com/", true), ("*.example.com/*", "https://a.b.example.com/x?y", true),
            ("*.example.com/*", "https://example.com.evil.test/", false), ("*", "https://x/", true),
            ("a*b*c", "https://a1b2b3c", true),
            ("*.example.com/*", "", false),
        ])
    func referers(pattern: String, referer: String, isPermitted: Bool) throws {
        let restriction = try #require(KeyRestriction(permittedIP: nil, permittedReferer: "x.test/*, " + pattern))
        let permits = Array(referer.utf8).withUnsafeBytes { restriction.permits(text: Array("1.2.3.4".utf8), referer: $0) }
        #expect(permits == isPermitted)
    }

    @Test("with addresses listed the page does not matter, and unreadable entries permit nothing")
    func addressesFirst() throws {
        let restriction = try #require(KeyRestriction(permittedIP: "10.0.0.1", permittedReferer: "*"))
        let page = Array("https://x/".utf8)
        #expect(page.withUnsafeBytes { restriction.permits(text: Array("10.0.0.1".utf8), referer: $0) })
        #expect(!page.withUnsafeBytes { restriction.permits(text: Array("10.0.0.2".utf8), referer: $0) })
        #expect(!page.withUnsafeBytes { restriction.permits(text: [], referer: $0) })
        let unreadable = try #require(KeyRestriction(permittedIP: "everywhere", permittedReferer: nil))
        #expect(!page.withUnsafeBytes { unreadable.permits(text: Array("10.0.0.1".utf8), referer: $0) })
        #expect(KeyRestriction(permittedIP: "", permittedReferer: nil) == nil)
    }
}

extension KeyRestriction {
    fileprivate func permits(text: [UInt8], referer: UnsafeRawBufferPointer) -> Bool {
        text.withUnsafeBytes { permits(address: $0, referer: referer) }
    }
}
