import Logging
import Tokens

/// Takes the certificate of the HTTPS ports into use again when its files have changed (`docs/operations.md`).
///
/// The files themselves are compared, not their times: whatever renews them, and in which order, the next turn finds a pair that fits.
actor CertificateWatch {
    typealias Use = @Sendable (CertificateFiles.Texts) async throws -> Void

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
    func check() async throws {
        let found = try files.read()
        guard found != current else { return }
        try await use(found)
        current = found
        logger.notice("The certificate of the HTTPS ports was replaced.")
    }

    /// Warns when the certificate in use ends within thirty days.
    func warnBeforeEnd(at milliseconds: Int64) {
        guard let der = CertificateFacts.ders(pem: current.chainPEM)?.first, let facts = CertificateFacts(der: der) else {
            return
        }
        let days = (facts.notAfterMilliseconds - milliseconds) / 86_400_000
        if facts.notAfterMilliseconds < milliseconds {
            logger.error("The certificate of the HTTPS ports has ended; clients refuse it.")
        } else if days < 30 {
            logger.warning("The certificate of the HTTPS ports ends soon.", metadata: ["days": "\(days)"])
        }
    }
}
