import Crypto
import CryptoExtras
import FoundationEssentials
import SwiftASN1
import X509

/// The X.509 certificate that names a token signing key.
public struct KeyCertificate: Sendable, Hashable {
    /// The whole certificate in DER form.
    public let der: [UInt8]
    let publicKeyDER: [UInt8]

    /// Reads a certificate in PEM form.
    public init(pem: String) throws { try self.init(Certificate(pemEncoded: pem)) }

    init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        der = serializer.serializedBytes
        publicKeyDER = try certificate.publicKey.serializeAsPEM().derBytes
    }

    public var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString }
    /// Base64 of the DER form, as `x5c` holds it (RFC 7517 §4.7).
    public var base64: String { Data(der).base64EncodedString() }
    public var thumbprint: CertificateThumbprint { CertificateThumbprint(der: der) }

    static func selfSigned(
        _ privateKey: _RSA.Signing.PrivateKey, commonName: String, nowMilliseconds: Int64
    ) throws -> KeyCertificate {
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true))
        }
        let certificate = try Certificate(
            selfSigned: Certificate.PrivateKey(privateKey), commonName: commonName, nowMilliseconds: nowMilliseconds,
            days: 3_650, extensions: extensions)
        return try KeyCertificate(certificate)
    }
}

extension Certificate {
    /// A version 3 certificate whose issuer is its subject. It starts an hour early for clients whose clocks are behind.
    init(
        selfSigned key: Certificate.PrivateKey, commonName: String, nowMilliseconds: Int64, days: Double,
        extensions: Certificate.Extensions
    ) throws {
        let now = Date(timeIntervalSince1970: Double(nowMilliseconds) / 1000)
        let name = try DistinguishedName { CommonName(commonName) }
        try self.init(
            version: .v3, serialNumber: SerialNumber(), publicKey: key.publicKey, notValidBefore: now - 3_600,
            notValidAfter: now + days * 86_400, issuer: name, subject: name, extensions: extensions, issuerPrivateKey: key)
    }
}
