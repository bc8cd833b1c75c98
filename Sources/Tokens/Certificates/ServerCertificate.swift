import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate and key with which a listener offers TLS.
public struct ServerCertificate: Sendable, Hashable {
    /// The certificate in PEM form.
    public let certificatePEM: String
    /// The private key in PEM form: a secret.
    public let privateKeyPEM: String

    public init(certificatePEM: String, privateKeyPEM: String) {
        self.certificatePEM = certificatePEM
        self.privateKeyPEM = privateKeyPEM
    }

    /// A new P-256 key with a self-signed certificate for `localhost`, the IPv4 and IPv6 loopback addresses and `hostName`,
    /// valid for 397 days, the longest that browsers accept.
    public static func selfSigned(hostName: String, nowMilliseconds: Int64) throws -> ServerCertificate {
        let key = P256.Signing.PrivateKey()
        // No key usage: with one that does not allow to sign certificates (RFC 5280 §4.2.1.3), which only an authority's may, some
        // verifiers do not trust the certificate even when they are given it as what to trust.
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(alternativeNames(hostName))
        }
        let certificate = try Certificate(
            selfSigned: Certificate.PrivateKey(key), commonName: hostName, nowMilliseconds: nowMilliseconds, days: 397,
            extensions: extensions)
        return ServerCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString, privateKeyPEM: key.pemRepresentation)
    }

    private static func alternativeNames(_ hostName: String) -> [GeneralName] {
        let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
        var names: [GeneralName] = [.dnsName("localhost")]
        if hostName != "localhost" { names.append(.dnsName(hostName)) }
        return names + [
            .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: loopback6[...])),
        ]
    }
}
