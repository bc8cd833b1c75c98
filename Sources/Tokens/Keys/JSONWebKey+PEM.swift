import Crypto
import CryptoExtras
import FoundationEssentials
import SwiftASN1
import X509

extension JSONWebKey {
    /// The keys in a text that holds certificates or public keys in PEM form, possibly encoded as a whole in Base64, or a certificate in Base64
    /// of its DER form. They have no name, so they stand for any `kid`. Keys of types that no token is verified with are left out.
    public static func all(inPEM text: String) -> [JSONWebKey] {
        if text.contains("-----BEGIN") { return keys(inPEM: text) }
        guard let data = Data(base64Encoded: String(text.filter { !$0.isWhitespace })) else { return [] }
        if let inner = String(validating: data, as: UTF8.self), inner.contains("-----BEGIN") { return keys(inPEM: inner) }
        return key(certificateDER: Array(data)).map { [$0] } ?? []
    }

    private static func keys(inPEM text: String) -> [JSONWebKey] {
        let documents = (try? PEMDocument.parseMultiple(pemString: text)) ?? []
        return documents.compactMap { document in
            switch document.discriminator {
            case "CERTIFICATE": key(certificateDER: document.derBytes)
            case "PUBLIC KEY": (try? Certificate.PublicKey(pemDocument: document)).flatMap(key)
            default: nil
            }
        }
    }

    private static func key(certificateDER der: [UInt8]) -> JSONWebKey? {
        (try? Certificate(derEncoded: der)).flatMap { key($0.publicKey) }
    }

    private static func key(_ publicKey: Certificate.PublicKey) -> JSONWebKey? {
        if let key = P256.Signing.PublicKey(publicKey) { return point(key.rawRepresentation, .p256) }
        if let key = P384.Signing.PublicKey(publicKey) { return point(key.rawRepresentation, .p384) }
        guard let key = _RSA.Signing.PublicKey(publicKey), let numbers = try? key.getKeyPrimitives() else { return nil }
        return JSONWebKey(
            material: .rsa(modulus: Array(numbers.modulus), exponent: Array(numbers.publicExponent)), keyID: nil, algorithm: nil
        )
    }

    private static func point(_ raw: Data, _ curve: Curve) -> JSONWebKey {
        let bytes = Array(raw)
        return JSONWebKey(
            material: .ellipticCurve(
                curve, x: Array(bytes[..<curve.coordinateByteCount]), y: Array(bytes[curve.coordinateByteCount...])),
            keyID: nil, algorithm: nil)
    }
}
