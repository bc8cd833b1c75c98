import Crypto
import Documents
import SwiftASN1
import Testing
import X509

@testable import Tokens

@Suite("Keys and certificates")
struct SigningKeyTests {
    @Test("a key survives its PEM form")
    func pem() throws {
        let key = try testKey.get()
        let copy = try SigningKey(privateKeyPEM: key.privateKeyPEM, certificatePEM: key.certificatePEM)
        #expect(copy.keyID == key.keyID)
        #expect(try copy.jsonWebKey == key.jsonWebKey)
        let message = Array("message".utf8)
        #expect(try copy.signature(of: message) == key.signature(of: message))
    }

    @Test("a certificate of another key is refused")
    func foreignCertificate() throws {
        let other = try SigningKey.generate(commonName: "else", nowMilliseconds: 0)
        #expect(throws: KeyError.certificateOfAnotherKey) {
            try SigningKey(privateKeyPEM: testKey.get().privateKeyPEM, certificatePEM: other.certificatePEM)
        }
    }

    @Test("the key set has the published form and is read back")
    func keySet() throws {
        let key = try testKey.get()
        let set = JSONWebKeySet(keys: [try key.jsonWebKey])
        let json = try #require(set.json["keys"]?[0])
        #expect(json["kty"] == "RSA" && json["use"] == "sig" && json["alg"] == "RS256" && json["e"] == "AQAB")
        #expect(json["kid"]?.string == key.keyID)
        #expect(json["x5c"]?[0]?.string == key.certificate.base64)
        #expect(try JSONWebKeySet(text: set.text) == set)
    }

    @Test(
        "damaged key sets are refused",
        arguments: [#"{}"#, #"{"keys":[{"kty":"RSA","e":"AQAB"}]}"#, #"{"keys":[{"kty":"RSA","n":"a=","e":"AQAB"}]}"#])
    func damaged(text: String) {
        #expect(throws: KeyError.self) { try JSONWebKeySet(text: text) }
    }

    @Test("the thumbprint of tokens is base64url of hexadecimal text")
    func thumbprint() throws {
        let thumbprint = CertificateThumbprint(der: Array("abc".utf8))
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Base64URL.decode(thumbprint.hexadecimalForm) == Array(digest.utf8))
        #expect(Base64URL.decode(thumbprint.standardForm)?.count == 32)
        #expect(Base64URL.decode(thumbprint.hexadecimalFormSHA1) == Array("a9993e364706816aba3e25717850c26c9cd0d89d".utf8))
    }

    @Test("a server certificate names localhost, the loopback addresses and the host")
    func server() throws {
        let made = try ServerCertificate.selfSigned(hostName: "gateway.test", nowMilliseconds: 1_700_000_000_000)
        let certificate = try Certificate(pemEncoded: made.certificatePEM)
        let names = try #require(try certificate.extensions.subjectAlternativeNames)
        #expect(Array(names).prefix(2) == [.dnsName("localhost"), .dnsName("gateway.test")])
        #expect(names.count == 4)
        #expect(certificate.publicKey.isValidSignature(certificate.signature, for: certificate))
        let key = try P256.Signing.PrivateKey(pemRepresentation: made.privateKeyPEM)
        #expect(Certificate.PublicKey(key.publicKey) == certificate.publicKey)
    }

    @Test(
        "base64url follows RFC 4648",
        arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3ff}>?", "z78-Pw")])
    func base64URL(plain: String, encoded: String) {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test(
        "base64url with padding, other characters or stray bits is refused",
        arguments: ["Zg==", "Zh", "Z", "Zm+v", "Zm 9v", "Zm9"])
    func notBase64URL(text: String) { #expect(Base64URL.decode(text) == nil) }

    @Test("every byte sequence survives base64url")
    func allLengths() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test("comparison in constant time compares")
    func comparison() {
        #expect(isEqualInConstantTime([1, 2, 3], [1, 2, 3]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2, 4]))
        #expect(!isEqualInConstantTime([1, 2, 3], [1, 2]))
    }
}
