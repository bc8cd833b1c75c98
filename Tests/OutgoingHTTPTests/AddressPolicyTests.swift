import Testing

@testable import OutgoingHTTP

@Suite("Address policies")
struct AddressPolicyTests {
    static let addresses: [(String, fetch: Bool, endpoint: Bool)] = [
        ("93.184.216.34", true, true), ("2606:2800:220:1::1", true, true), ("127.0.0.1", false, true), ("127.1", false, true),
        ("2130706433", false, true), ("0x7f.0.0.1", false, true), ("10.1.2.3", false, true), ("172.16.0.1", false, true),
        ("172.32.0.1", true, true), ("192.168.1.1", false, true), ("100.64.0.1", false, true), ("169.254.1.1", false, true),
        ("169.254.169.254", false, false), ("2852039166", false, false), ("169.254.170.2", false, false),
        ("100.100.100.200", false, false), ("0.0.0.0", false, false), ("224.0.0.1", false, false),
        ("255.255.255.255", false, false), ("::1", false, true), ("::", false, false), ("fe80::1", false, true),
        ("fd00::1", false, true), ("fd00:ec2::254", false, false), ("ff02::1", false, false), ("::ffff:127.0.0.1", false, true),
        ("::ffff:169.254.169.254", false, false), ("64:ff9b::a9fe:a9fe", false, false), ("2002:7f00:1::", false, true),
        ("[::1]", false, true),
    ]

    @Test("each policy decides by the address, however it is written", arguments: addresses)
    func decides(_ text: String, _ fetch: Bool, _ endpoint: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy.fetch().allows(address) == fetch)
        #expect(AddressPolicy.endpoint().allows(address) == endpoint)
    }

    @Test("host names are no addresses", arguments: ["example.com", "localhost", "", "a.b.c.d", "1.2.3.4.5", "300.1.1.1"])
    func names(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test("listed addresses, ranges and names are allowed")
    func allows() throws {
        let policy = AddressPolicy.fetch(allowing: ["10.0.0.0/8", "127.0.0.1", "Intranet.Example"])
        #expect(policy.allows(try #require(IPAddress("10.9.9.9"))))
        #expect(policy.allows(try #require(IPAddress("127.0.0.1"))))
        #expect(!policy.allows(try #require(IPAddress("127.0.0.2"))))
        #expect(policy.allows(namedHost: "intranet.example"))
        #expect(!policy.allows(namedHost: "other.example"))
    }

    @Test("metadata hosts are refused by name")
    func metadataNames() {
        #expect(!AddressPolicy.endpoint().allows(literalHost: "metadata.google.internal"))
        #expect(AddressPolicy.endpoint().allows(literalHost: "backend"))
    }

    @Test(
        "a range holds what shares its prefix",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.168.4.0/22", "192.168.7.255", true),
            ("192.168.4.0/22", "192.168.8.0", false), ("0.0.0.0/0", "8.8.8.8", true), ("::/0", "8.8.8.8", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
        ])
    func ranges(_ range: String, _ address: String, _ expected: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == expected)
    }

    @Test("what is no range is refused", arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "/8", "example.com/8"])
    func noRange(_ text: String) { #expect(AddressRange(text) == nil) }
}
