/// Errors of uploaded certificates.
extension CatalogueError {
    public static let certificateAliasEmpty = Self(
        code: 900855, status: 400, message: "The alias cannot be empty", description: "alias: a name is expected")

    public static func keyTypeInvalid(_ given: String) -> Self {
        Self(
            code: 900856, status: 400, message: "The key type cannot be empty",
            description: "keyType: PRODUCTION or SANDBOX is expected, not '\(given)'")
    }

    /// `reason` says what the file is instead of a certificate.
    public static func certificateInvalid(_ reason: String) -> Self { .badRequest("certificate: \(reason)") }

    public static let certificateExpired = CatalogueError.badRequest("certificate: it has expired")

    public static func certificateAliasExists(_ alias: String) -> Self {
        .conflict("There is a certificate with the alias '\(alias)' already")
    }
}
