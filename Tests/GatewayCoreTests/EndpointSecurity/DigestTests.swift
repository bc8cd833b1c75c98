import Testing

@testable import GatewayCore

@Suite("Digest authentication")
struct DigestTests {
    private static let challenge = #"""
        Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=ALGORITHM, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
        """#

    /// The example of RFC 7616 §3.9.1.
    @Test(
        "the RFC's example",
        arguments: [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ])
    func example(_ algorithm: String, _ response: String) throws {
        let challenge = try #require(
            DigestChallenge.strongest(in: [Self.challenge.replacing("ALGORITHM", with: algorithm)]))
        let account = DigestAccount(id: 1, username: "Mufasa", password: "Circle of Life")
        let value = account.authorization(
            challenge, .init(method: "GET", target: "/dir/index.html", body: []), count: 1,
            clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
        #expect(value.hasPrefix(#"Digest username="Mufasa", realm="http-auth@example.org", "#))
        #expect(value.contains(#"response="\#(response)""#))
        #expect(value.contains("qop=auth, nc=00000001, "))
        #expect(value.contains(#"opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#))
    }

    /// RFC 2617 §3.5 without `qop`: the form of RFC 2069 as servers of that time know it.
    @Test("a challenge without quality of protection has no counter")
    func old() throws {
        let challenge = try #require(DigestChallenge.strongest(in: [#"Digest realm="r", nonce="n""#]))
        let value = DigestAccount(id: 1, username: #"a"b"#, password: "p").authorization(
            challenge, .init(method: "GET", target: "/", body: []), count: 3, clientNonce: "c")
        #expect(!value.contains("nc=") && !value.contains("cnonce="))
        #expect(value.contains(#"username="a\"b""#))
    }

    @Test("the strongest challenge is answered, among other schemes and in one field or several")
    func chooses() {
        let values = [
            #"Basic realm="a, b", Digest realm="x", nonce="1", algorithm=MD5, qop="auth""#,
            #"Digest realm="x", nonce="2", algorithm=SHA-256, qop="auth""#,
            #"Digest realm="x", nonce="3", algorithm=SHA-512-256, qop="auth""#,
        ]
        #expect(DigestChallenge.strongest(in: values)?.nonce == "2")
        #expect(DigestChallenge.strongest(in: [values[0]])?.nonce == "1")
    }

    @Test(
        "what cannot be answered is none",
        arguments: [
            "", "Basic realm=x", #"Digest realm="x""#, #"Digest nonce="1", algorithm=SHA-512-256"#,
            #"Digest nonce="1", qop="other""#, #"Digest nonce="never closed"#, "Digest =", "Digest nonce=", ", , =,",
        ])
    func refuses(_ value: String) {
        #expect(DigestChallenge.strongest(in: [value]) == nil)
    }

    @Test("the body is part of the digest where the server wants that")
    func protectsBody() throws {
        let challenge = try #require(DigestChallenge.strongest(in: [#"Digest realm="r", nonce="n", qop="auth-int""#]))
        let account = DigestAccount(id: 1, username: "a", password: "p")
        func value(_ body: String) -> String {
            account.authorization(
                challenge, .init(method: "POST", target: "/", body: Array(body.utf8)), count: 1, clientNonce: "c")
        }
        #expect(value("one") != value("two"))
        #expect(value("one").contains("qop=auth-int"))
    }
}
