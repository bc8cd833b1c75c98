import FoundationEssentials
import GatewayCore
import GatewayTransport
import Settings
import Tokens

extension CredentialSettings {
    init(settings: Settings) {
        self.init()
        clockToleranceMilliseconds = Int64(settings[SettingsTable.clockTolerance]) * 1000
        bindsTokensToCertificates = settings[SettingsTable.bindsTokens]
        enforcesTokenType = settings[SettingsTable.enforcesTokenType]
        introspectionMilliseconds =
            settings[SettingsTable.introspectionCacheEnabled]
            ? Int64(settings[SettingsTable.introspectionCacheTime].seconds ?? 900) * 1000 : 0
        certificateHeader = Array(settings[SettingsTable.certificateHeader].lowercased().utf8)
        decodesCertificateHeader = settings[SettingsTable.decodesCertificateHeader]
        validatesCertificateChains = settings[SettingsTable.validatesCertificateChains]
    }
}

extension CertificateForwarding {
    /// Throws a ``StartProblem`` if the file of trusted certificates cannot be read.
    init(settings: Settings) throws {
        guard settings[SettingsTable.validatesForwarders] else {
            self = .trustedProxies
            return
        }
        let file = settings[SettingsTable.forwarderCertificates]
        guard !file.isEmpty else {
            self = .certifiedProxies([])
            return
        }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8), let ders = CertificateFacts.ders(pem: text) else {
            let path = SettingsTable.forwarderCertificates.path
            throw StartProblem("\(path): \(file) is no readable file of certificates in PEM form.")
        }
        self = .certifiedProxies(ders)
    }
}
