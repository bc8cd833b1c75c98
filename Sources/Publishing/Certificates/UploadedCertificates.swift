import FoundationEssentials
import Model
import X509

/// Reads the file of a certificate upload: PEM (RFC 7468) with one or more certificates, the Base64 of one, or DER (X.690).
enum UploadedCertificates {
    /// Bytes; a chain of certificates needs a few thousand.
    static let maximumSize = 128 << 10
    static let maximumCount = 16

    /// The certificates in the order of the file. Throws a 400 that says what the file is instead.
    static func read(_ bytes: [UInt8]) throws -> [UploadedCertificate] {
        guard !bytes.isEmpty else { throw CatalogueError.certificateInvalid("the file is empty") }
        guard bytes.count <= maximumSize else {
            throw CatalogueError.certificateInvalid("the file has more than \(maximumSize) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return [try UploadedCertificate(der: bytes)] }
        guard !text.contains("PRIVATE KEY-----") else {
            throw CatalogueError.certificateInvalid("the file contains a private key, which must never leave its owner")
        }
        let blocks = text.contains("-----BEGIN") ? blocks(in: text) : [Substring(text)]
        guard !blocks.isEmpty, blocks.count <= maximumCount else {
            throw CatalogueError.certificateInvalid("the file has to hold 1 to \(maximumCount) certificates")
        }
        return try blocks.map { block in
            let base64 = block.filter { !$0.isWhitespace }
            guard let der = Data(base64Encoded: String(base64)), !der.isEmpty else {
                throw CatalogueError.certificateInvalid("the file is neither PEM, nor Base64, nor DER")
            }
            return try UploadedCertificate(der: [UInt8](der))
        }
    }

    /// What stands between the lines that begin and end a certificate; everything else is a comment.
    private static func blocks(in text: String) -> [Substring] {
        text.split(separator: "-----BEGIN CERTIFICATE-----", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "-----END CERTIFICATE-----").map { part[..<$0.lowerBound] }
        }
    }
}

/// A certificate that can be parsed.
struct UploadedCertificate: Sendable {
    let der: [UInt8]
    private let certificate: Certificate

    init(der: [UInt8]) throws {
        do {
            certificate = try Certificate(derEncoded: der)
        } catch {
            throw CatalogueError.certificateInvalid("the file holds no X.509 certificate that can be read")
        }
        self.der = der
    }

    /// A certificate as it is stored.
    init(base64: String) throws { try self.init(der: [UInt8](Data(base64Encoded: base64) ?? Data())) }

    var base64: String { Data(der).base64EncodedString() }

    /// RFC 7468.
    var pem: String {
        let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
    }

    var details: CertificateDetails {
        CertificateDetails(
            notBeforeMilliseconds: Self.milliseconds(certificate.notValidBefore),
            notAfterMilliseconds: Self.milliseconds(certificate.notValidAfter),
            version: certificate.version == .v3 ? 3 : 1, subject: "\(certificate.subject)")
    }

    /// The first common name of the subject; empty when it has none.
    var commonName: String {
        for name in certificate.subject {
            for attribute in name where attribute.type == .RDNAttributeType.commonName { return "\(attribute.value)" }
        }
        return ""
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
}

/// What portals show of a certificate.
public struct CertificateDetails: Sendable, Hashable {
    /// Milliseconds since 1970.
    public var notBeforeMilliseconds: Int64
    /// Milliseconds since 1970.
    public var notAfterMilliseconds: Int64
    /// Version of the X.509 format.
    public var version: Int
    /// Distinguished name of the subject.
    public var subject: String

    public func isExpired(at milliseconds: Int64) -> Bool { notAfterMilliseconds < milliseconds }
}
