import Model

/// The rules that hold for every certificate that publishers upload.
enum CertificateRules {
    static let maximumAliasLength = 30

    /// Throws 900855 for an empty alias, a 400 for one that is too long or no name.
    static func check(alias: String) throws {
        guard !alias.allSatisfy(\.isWhitespace) else { throw CatalogueError.certificateAliasEmpty }
        guard alias.count <= maximumAliasLength, !alias.contains("/"), alias.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
        else {
            throw CatalogueError.badRequest(
                "alias: at most \(maximumAliasLength) characters, without '/' and control characters")
        }
    }

    /// The certificates of a file, none of them expired.
    static func valid(_ file: [UInt8], at milliseconds: Int64) throws -> [UploadedCertificate] {
        let certificates = try UploadedCertificates.read(file)
        guard !certificates.contains(where: { $0.details.isExpired(at: milliseconds) }) else {
            throw CatalogueError.certificateExpired
        }
        return certificates
    }

    /// The one certificate of a file, not expired.
    static func single(_ file: [UInt8], at milliseconds: Int64) throws -> UploadedCertificate {
        let certificates = try valid(file, at: milliseconds)
        guard let first = certificates.first, certificates.count == 1 else {
            throw CatalogueError.certificateInvalid(
                "the file holds \(certificates.count) certificates; exactly one is expected")
        }
        return first
    }
}
