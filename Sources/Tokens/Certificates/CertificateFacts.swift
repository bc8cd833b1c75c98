import FoundationEssentials
import SwiftASN1
import X509

/// What a certificate says about its holder, without any judgement on whether that is true.
public struct CertificateFacts: Sendable, Hashable {
    /// Common name of the subject, else the whole subject as RFC 4514 writes it.
    public let name: String
    /// Validity in milliseconds since 1970; both ends count.
    public let notBeforeMilliseconds: Int64
    public let notAfterMilliseconds: Int64

    /// `nil` if the bytes are no certificate in DER form.
    public init?(der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        self.init(certificate)
    }

    /// The certificates of a PEM text in DER form; `nil` if it holds none, or one that cannot be read.
    public static func ders(pem: String) -> [[UInt8]]? {
        guard let documents = try? PEMDocument.parseMultiple(pemString: pem) else { return nil }
        let ders = documents.filter { $0.discriminator == "CERTIFICATE" }.map(\.derBytes)
        return ders.isEmpty || ders.contains { CertificateFacts(der: $0) == nil } ? nil : ders
    }

    init(_ certificate: Certificate) {
        name = Self.commonName(certificate.subject) ?? certificate.subject.description
        notBeforeMilliseconds = Int64(certificate.notValidBefore.timeIntervalSince1970 * 1000)
        notAfterMilliseconds = Int64(certificate.notValidAfter.timeIntervalSince1970 * 1000)
    }

    private static func commonName(_ name: DistinguishedName) -> String? {
        // The most specific one stands last.
        let attributes = name.flatMap { Array($0) }.filter { $0.type == .RDNAttributeType.commonName }
        return attributes.last.flatMap { String($0.value) }
    }
}
