import Logging
import Model

/// Takes the certificate of the HTTPS ports into use again when its files have changed (`docs/operations.md`).
///
/// The files themselves are compared, not their times: whatever renews them, and in which order, the next turn finds a pair that fits.
actor CertificateWatch {
    typealias Use = @Sendable (CertificateFiles.Texts) throws -> Void

    private let files: CertificateFiles
    private let logger: Logger
    private let use: Use
    private var current: CertificateFiles.Texts

    /// - Parameters:
    ///   - current: what is in use.
    ///   - use: brings a new pair to the listeners; throws, and changes nothing, when key and certificate do not fit.
    init(_ files: CertificateFiles, current: CertificateFiles.Texts, logger: Logger, use: @escaping Use) {
        self.files = files
        self.current = current
        self.logger = logger
        self.use = use
    }

    /// Looks at the files. Throws when they cannot be used; the old certificate then stays.
    func check() throws {
        let found = try files.read()
        guard found != current else { return }
        try use(found)
        current = found
        logger.notice("The certificate of the HTTPS ports was replaced.")
    }
}
