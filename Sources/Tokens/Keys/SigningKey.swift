import Crypto
import CryptoExtras
import FoundationEssentials

/// An RSA key that signs tokens with RS256, together with the certificate that names it.
public struct SigningKey: Sendable {
    let privateKey: _RSA.Signing.PrivateKey
    /// The self-signed certificate of the public half.
    public let certificate: KeyCertificate

    /// A new 2048-bit key with a certificate that starts at `nowMilliseconds` and lasts ten years.
    public static func generate(commonName: String, nowMilliseconds: Int64) throws -> SigningKey {
        let privateKey = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let certificate = try KeyCertificate.selfSigned(privateKey, commonName: commonName, nowMilliseconds: nowMilliseconds)
        return SigningKey(privateKey: privateKey, certificate: certificate)
    }

    /// Reads what ``privateKeyPEM`` and ``certificatePEM`` wrote. Throws if either is damaged, or if they do not belong together.
    public init(privateKeyPEM: String, certificatePEM: String) throws {
        let privateKey = try _RSA.Signing.PrivateKey(pemRepresentation: privateKeyPEM)
        let certificate = try KeyCertificate(pem: certificatePEM)
        guard certificate.publicKeyDER == Array(privateKey.publicKey.derRepresentation) else {
            throw KeyError.certificateOfAnotherKey
        }
        self.init(privateKey: privateKey, certificate: certificate)
    }

    private init(privateKey: _RSA.Signing.PrivateKey, certificate: KeyCertificate) {
        self.privateKey = privateKey
        self.certificate = certificate
    }

    /// The private key in PKCS #8 form: a secret.
    public var privateKeyPEM: String { privateKey.pkcs8PEMRepresentation }
    /// The certificate in PEM form.
    public var certificatePEM: String { certificate.pem }

    /// The `kid` of tokens that the key signs: the certificate's thumbprint with `_RS256` behind it.
    public var keyID: String { certificate.thumbprint.hexadecimalForm + "_RS256" }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    public func signature(of message: [UInt8]) throws -> [UInt8] {
        Array(try privateKey.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    /// The public half as it is published, with certificate.
    public var jsonWebKey: JSONWebKey {
        get throws {
            let primitives = try privateKey.publicKey.getKeyPrimitives()
            return JSONWebKey(
                material: .rsa(modulus: Array(primitives.modulus), exponent: Array(primitives.publicExponent)),
                keyID: keyID, algorithm: "RS256", certificateChain: [certificate.base64],
                certificateThumbprint: certificate.thumbprint.hexadecimalForm)
        }
    }
}

/// Why key material was refused.
public enum KeyError: Error, Sendable, Hashable {
    /// The certificate is not that of the private key.
    case certificateOfAnotherKey
    /// A JSON Web Key lacks a member or has one of the wrong form; the text names it.
    case malformedKey(String)
}
