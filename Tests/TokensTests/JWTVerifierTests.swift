import Documents
import Testing

@testable import Tokens

/// One key for the whole file: making it takes most of the time of a test.
let testKey = Result { try SigningKey.generate(commonName: "martlet", nowMilliseconds: 1_700_000_000_000) }

@Suite("Checking tokens")
struct JWTVerifierTests {
    let key: SigningKey
    let verifier: JWTVerifier
    let token: String

    init() throws {
        key = try testKey.get()
        verifier = JWTVerifier(keys: JSONWebKeySet(keys: [try key.jsonWebKey]))
        token = try JWTSigner(key: key).sign(claims: ["sub": "kim", "exp": 1_700_000_100, "nbf": 1_700_000_000])
    }

    @Test("a signed token verifies and gives its claims back")
    func roundTrip() throws {
        let jwt = try verifier.verify(token, nowMilliseconds: 1_700_000_050_000)
        #expect(jwt.subject == "kim")
        #expect(jwt.header["typ"]?.string == "at+jwt")
        #expect(jwt.header["kid"]?.string == key.certificate.thumbprint.hexadecimalForm + "_RS256")
        #expect(jwt.header["x5t"]?.string == key.certificate.thumbprint.hexadecimalForm)
        #expect(jwt.milliseconds("exp") == 1_700_000_100_000)
    }

    @Test("a published ES256 signature verifies (RFC 7515 appendix A.3)")
    func ellipticCurve() throws {
        let set = try JSONWebKeySet(
            text: """
                {"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"oct","k":"AAAA"}]}
                """)
        #expect(set.keys.count == 1)
        let published = [
            "eyJhbGciOiJFUzI1NiJ9",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        ]
        #expect(try JWTVerifier(keys: set).verify(published.joined(separator: ".")).issuer == "joe")
        #expect(throws: JWTError.invalidSignature) {
            try JWTVerifier(keys: set).verify(
                published[0] + "." + Base64URL.encode(Array(#"{"iss":"jim"}"#.utf8)) + "." + published[2])
        }
    }

    @Test(
        "tokens that choose another algorithm are refused",
        arguments: ["none", "None", "HS256", "HS512", "", "RS1", "EdDSA"])
    func foreignAlgorithm(name: String) throws {
        let parts = token.split(separator: ".")
        let header = Base64URL.encode(
            JSONValue.object(JSONObject([("alg", .string(name)), ("kid", .string(key.keyID))])).serialized())
        for signature in ["", String(parts[2])] {
            #expect(throws: JWTError.unsupportedAlgorithm) { try verifier.verify("\(header).\(parts[1]).\(signature)") }
        }
    }

    @Test("every truncation of a token is refused")
    func truncated() {
        for count in 0..<token.utf8.count {
            #expect(throws: JWTError.self) { try verifier.verify(String(token.prefix(count))) }
        }
    }

    @Test("a change of any part breaks the signature")
    func changed() throws {
        let parts = token.split(separator: ".").map(String.init)
        let claims = Base64URL.encode(Array(#"{"sub":"admin"}"#.utf8))
        #expect(throws: JWTError.invalidSignature) { try verifier.verify("\(parts[0]).\(claims).\(parts[2])") }
        #expect(throws: JWTError.malformed) { try verifier.verify(token + ".") }
        #expect(throws: JWTError.malformed) { try verifier.verify(token + "=") }
        #expect(throws: JWTError.malformed) { try verifier.verify(String(repeating: "a", count: 40_000)) }
    }

    @Test("a key of another name, or of another algorithm, does not count")
    func keySelection() throws {
        var other = try key.jsonWebKey
        other.keyID = "other"
        #expect(throws: JWTError.unknownKey) { try JWTVerifier(keys: JSONWebKeySet(keys: [other])).verify(token) }
        other.keyID = key.keyID
        other.algorithm = "PS256"
        #expect(throws: JWTError.unknownKey) { try JWTVerifier(keys: JSONWebKeySet(keys: [other])).verify(token) }
        #expect(throws: JWTError.unknownKey) { try JWTVerifier(keys: JSONWebKeySet(keys: [])).verify(token) }
    }

    @Test("a foreign key of the same name gives an invalid signature")
    func foreignKey() throws {
        var foreign = try SigningKey.generate(commonName: "else", nowMilliseconds: 0).jsonWebKey
        foreign.keyID = key.keyID
        #expect(throws: JWTError.invalidSignature) { try JWTVerifier(keys: JSONWebKeySet(keys: [foreign])).verify(token) }
    }

    @Test(
        "time claims are checked with a tolerance",
        arguments: [
            (1_700_000_100_000, 0, JWTError.expired), (1_700_000_104_999, 5_000, nil), (1_700_000_105_000, 5_000, .expired),
            (1_699_999_999_999, 0, .notYetValid), (1_699_999_999_999, 1, nil), (1_700_000_000_000, 0, nil),
        ] as [(Int64, Int64, JWTError?)])
    func time(now: Int64, tolerance: Int64, expected: JWTError?) throws {
        let jwt = try JWT(compact: token)
        let found: JWTError?
        do throws(JWTError) {
            try jwt.checkTime(nowMilliseconds: now, toleranceMilliseconds: tolerance)
            found = nil
        } catch { found = error }
        #expect(found == expected)
    }

    @Test("time claims of a wrong type, unknown critical headers and arrays are malformed", arguments: ["\"1\"", "1e30", "[]"])
    func malformed(time: String) throws {
        let jwt = try JWT(compact: "e30." + Base64URL.encode(Array("{\"exp\":\(time)}".utf8)) + ".")
        #expect(throws: JWTError.malformed) { try jwt.checkTime(nowMilliseconds: 0, toleranceMilliseconds: 0) }
        #expect(throws: JWTError.malformed) { try JWT(compact: "W10.e30.") }
        #expect(throws: JWTError.malformed) { try JWT(compact: Base64URL.encode(Array(#"{"crit":["b64"]}"#.utf8)) + ".e30.") }
    }

    @Test("scopes are read from text and from arrays")
    func scopes() throws {
        let claims = Base64URL.encode(Array(#"{"scope":"a  b","scp":["c","d e"],"n":1}"#.utf8))
        let jwt = try JWT(compact: "e30.\(claims).")
        #expect(jwt.scopes("scope") == ["a", "b"])
        #expect(jwt.scopes("scp") == ["c", "d", "e"])
        #expect(jwt.scopes("n").isEmpty)
    }
}
