import FoundationEssentials
import Model
import Settings
import Tokens

/// The certificate of the platform's HTTPS ports: named files, or generated ones in the data directory.
struct CertificateFiles: Sendable {
    var settings: Settings
    var dataPath: String

    /// The PEM texts of the certificate chain and its private key.
    struct Texts: Sendable, Equatable {
        var chainPEM: String
        var keyPEM: String
    }

    /// Generates the files when the configuration names none and none were generated before.
    func load(time: TimeSource) throws -> Texts {
        let files = try paths()
        if !isConfigured, !FileManager.default.fileExists(atPath: files.chain) { try generate(files, time: time) }
        return try read()
    }

    /// The files as they are now.
    func read() throws -> Texts {
        let files = try paths()
        return Texts(chainPEM: try read(files.chain), keyPEM: try read(files.key))
    }

    /// Where the certificate lies or will lie.
    func chainPath() throws -> String { try paths().chain }

    private var isConfigured: Bool { !settings[SettingsTable.tlsCertificate].isEmpty }
    private var folder: String { dataPath + "/certificates" }

    private func paths() throws -> (chain: String, key: String) {
        let chain = settings[SettingsTable.tlsCertificate]
        let key = settings[SettingsTable.tlsKey]
        guard chain.isEmpty == key.isEmpty else {
            throw StartProblem(
                "keystore.tls.certificate_file and keystore.tls.key_file belong together; only one of them is set.")
        }
        return isConfigured ? (chain, key) : (folder + "/tls.pem", folder + "/tls.key")
    }

    private func generate(_ files: (chain: String, key: String), time: TimeSource) throws {
        let certificate = try ServerCertificate.selfSigned(
            hostName: settings[SettingsTable.hostname], nowMilliseconds: time.milliseconds)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try write(certificate.privateKeyPEM, to: files.key, mode: 0o600)
        try write(certificate.certificatePEM, to: files.chain, mode: 0o644)
    }

    private func read(_ path: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw StartProblem("The file \(path) cannot be read.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        let written = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: mode])
        guard written else { throw StartProblem("The file \(path) cannot be written.") }
    }
}
