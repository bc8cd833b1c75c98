import Crypto
import Foundation
import X509

/// Self-signed certificates, made anew for a test.
struct TestCertificates {
    let key = P256.Signing.PrivateKey()

    /// Valid since yesterday and until `expires` seconds from now.
    func certificate(_ name: String, expires: TimeInterval = 3600) throws -> Certificate {
        let subject = try DistinguishedName {
            CommonName(name)
            OrganizationName("Example, \"Inc\"")
        }
        return try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: Date() - 86_400,
            notValidAfter: Date() + expires, issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(), issuerPrivateKey: .init(key))
    }

    func pem(_ name: String, expires: TimeInterval = 3600) throws -> [UInt8] {
        Array(try certificate(name, expires: expires).serializeAsPEM().pemString.utf8)
    }

    func der(_ name: String) throws -> [UInt8] { try certificate(name).serializeAsPEM().derBytes }
}
