import FoundationEssentials
import SwiftASN1
import X509

/// Authorities whose certificates make those of clients acceptable (RFC 5280 §6, without policies and name constraints beyond refusing
/// what is critical and not understood).
public struct CertificateAuthorities: Sendable {
    /// Certificates between a client's and an authority's; more are never followed.
    private static let longestPath = 4

    private let authorities: [Certificate?]

    /// - Parameter ders: the authorities in DER form; places of unreadable ones stay empty, so that indexes keep their meaning.
    public init(ders: [[UInt8]]) { authorities = ders.map { try? Certificate(derEncoded: $0) } }

    /// The index of the authority that a client's certificate leads to, through the certificates that came with it.
    ///
    /// - Returns: `nil` if there is none: no path, an expired link, a link that may not sign certificates, or a leaf that is not for clients.
    public func authority(of certificate: ClientCertificate, nowMilliseconds: Int64) -> Int? {
        let now = Date(timeIntervalSince1970: Double(nowMilliseconds) / 1000)
        guard let leaf = try? Certificate(derEncoded: certificate.der), Self.isValid(leaf, at: now),
            Self.isForClients(leaf), Self.understandsAll(leaf)
        else { return nil }
        let links = certificate.intermediates.prefix(8).compactMap { try? Certificate(derEncoded: $0) }
        return authority(above: leaf, links: links, depth: 0, at: now)
    }

    private func authority(above certificate: Certificate, links: [Certificate], depth: Int, at now: Date) -> Int? {
        for (index, candidate) in authorities.enumerated() {
            if let candidate, Self.signs(candidate, certificate, depth: depth, at: now) { return index }
        }
        guard depth < Self.longestPath else { return nil }
        for (index, link) in links.enumerated() where Self.signs(link, certificate, depth: depth, at: now) {
            var rest = links
            rest.remove(at: index)
            if let found = authority(above: link, links: rest, depth: depth + 1, at: now) { return found }
        }
        return nil
    }

    /// Whether `issuer` may have signed `subject`, and did. `depth` counts the certificates of authorities below the issuer.
    private static func signs(_ issuer: Certificate, _ subject: Certificate, depth: Int, at now: Date) -> Bool {
        guard issuer.subject == subject.issuer, isValid(issuer, at: now), understandsAll(issuer),
            mayIssue(issuer, depth: depth), subject.signatureAlgorithm != .sha1WithRSAEncryption
        else { return false }
        return issuer.publicKey.isValidSignature(subject.signature, for: subject)
    }

    /// RFC 5280 §4.2.1.3, §4.2.1.9. An extension that cannot be read grants nothing.
    private static func mayIssue(_ certificate: Certificate, depth: Int) -> Bool {
        let isAllowed = try? {
            guard case .isCertificateAuthority(let longest)? = try certificate.extensions.basicConstraints else { return false }
            let signsCertificates = try certificate.extensions.keyUsage?.keyCertSign ?? true
            return signsCertificates && (longest.map { depth <= $0 } ?? true)
        }()
        return isAllowed ?? false
    }

    private static func isValid(_ certificate: Certificate, at now: Date) -> Bool {
        certificate.notValidBefore <= now && now <= certificate.notValidAfter
    }

    /// RFC 5280 §4.2.1.12: without the extension a key is for everything.
    private static func isForClients(_ certificate: Certificate) -> Bool {
        let isAllowed = try? {
            guard let usages = try certificate.extensions.extendedKeyUsage else { return true }
            return usages.contains(.clientAuth) || usages.contains(.any)
        }()
        return isAllowed ?? false
    }

    /// RFC 5280 §4.2: a critical extension that is not understood refuses the certificate.
    private static func understandsAll(_ certificate: Certificate) -> Bool {
        let known: Set<ASN1ObjectIdentifier> = [
            .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
            .X509ExtensionID.subjectAlternativeName,
        ]
        return certificate.extensions.allSatisfy { !$0.critical || known.contains($0.oid) }
    }
}
