import Crypto
import Foundation
import Model
import SwiftASN1
import Tokens
import X509

/// Certificates of clients and of the authority that has issued some of them; made once, valid around the fixture's clock.
enum TestCertificates {
    /// Signed by itself and uploaded.
    static let known = Result { try make("Kim's machine") }
    /// Signed by itself and never uploaded.
    static let unknown = Result { try make("Somebody") }
    /// Uploaded, and no longer valid.
    static let expired = Result { try make("Old", from: -200, until: -100) }
    static let authority = Result { try make("Authority", isAuthority: true) }
    /// Issued by the authority.
    static let issued = Result { try make("Branch 7", by: authority.get()) }
    /// Issued by a certificate that is none of an authority, so that it counts for nothing.
    static let issuedByLeaf = Result { try make("Sneaky", by: known.get()) }
    /// An authority below the authority, and what it has issued.
    static let middle = Result { try make("Middle", by: authority.get(), isAuthority: true) }
    static let issuedByMiddle = Result { try make("Branch 8", by: middle.get()) }
    /// For servers only.
    static let server = Result { try make("Server", by: authority.get(), usage: .serverAuth) }
    static let issuedAndExpired = Result { try make("Late", by: authority.get(), from: -200, until: -100) }

    /// A certificate with its key.
    struct Pair: Sendable {
        var certificate: Certificate
        var key: Certificate.PrivateKey
        var der: [UInt8]

        func shown(with intermediates: [Pair] = []) -> ClientCertificate {
            ClientCertificate(der: der, intermediates: intermediates.map(\.der))
        }

        /// As an administrator uploads it.
        func uploaded(
            alias: String, keyType: KeyType = .production, policy: String = "Unlimited"
        ) throws -> GatewayClientCertificate {
            let shown = shown()
            let facts = CertificateFacts(der: der)
            return GatewayClientCertificate(
                tenant: -1234, apiID: "api-1", keyType: keyType, alias: alias, policy: policy,
                certificate: Data(der).base64EncodedString(),
                fingerprint: shown.fingerprint.map { String(format: "%02x", $0) }.joined(), commonName: facts?.name ?? "",
                notBeforeMilliseconds: facts?.notBeforeMilliseconds ?? 0, notAfterMilliseconds: facts?.notAfterMilliseconds ?? 0
            )
        }

        /// PEM in one line, as proxies put it into a header.
        var header: String {
            "-----BEGIN CERTIFICATE----- \(Data(der).base64EncodedString()) -----END CERTIFICATE-----"
        }
    }

    /// - Parameters: days from the fixture's clock.
    static func make(
        _ name: String, by issuer: Pair? = nil, isAuthority: Bool = false, from: Double = -1, until: Double = 1,
        usage: ExtendedKeyUsage.Usage = .clientAuth
    ) throws -> Pair {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName(name) }
        let now = Date(timeIntervalSince1970: Double(GatewayFixture.now) / 1000)
        let extensions = try Certificate.Extensions {
            Critical(isAuthority ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true, keyCertSign: isAuthority))
            if !isAuthority { try ExtendedKeyUsage([usage]) }
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: now + from * 86_400,
            notValidAfter: now + until * 86_400, issuer: issuer?.certificate.subject ?? subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: issuer?.key ?? key)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return Pair(certificate: certificate, key: key, der: serializer.serializedBytes)
    }

    /// By the names that cases use.
    static func named(_ name: String) throws -> Pair? {
        switch name {
        case "known": try known.get()
        case "unknown": try unknown.get()
        case "expired": try expired.get()
        case "issued": try issued.get()
        case "issued-by-leaf": try issuedByLeaf.get()
        case "issued-by-middle": try issuedByMiddle.get()
        case "server": try server.get()
        case "issued-and-expired": try issuedAndExpired.get()
        default: nil
        }
    }
}
