import BackendAccess
import FoundationEssentials
import GatewayCore
import GatewayTransport
import Model
import Settings

extension EgressProxy {
    /// `nil` if other servers are called directly. Throws a ``StartProblem`` if the proxy has no host.
    init?(settings: Settings) throws {
        guard settings[SettingsTable.proxyEnabled] else { return nil }
        let host = settings[SettingsTable.proxyHost]
        guard !host.isEmpty else {
            throw StartProblem("\(SettingsTable.proxyHost.path) is missing though the proxy is enabled.")
        }
        self.init(
            proxy: GatewayProxy(
                host: host, port: settings[SettingsTable.proxyPort], isTLS: false,
                username: settings[SettingsTable.proxyUsername], password: GatewaySecret(settings[SettingsTable.proxyPassword])),
            directHosts: Self.hosts(settings[SettingsTable.directHosts]),
            proxiedHosts: Self.hosts(settings[SettingsTable.proxiedHosts]))
    }

    /// Some write `a|b` as in Java's properties.
    private static func hosts(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: "|").map(String.init) }.filter { !$0.isEmpty }
    }
}

extension UpstreamPoolSettings {
    /// Throws a ``StartProblem`` for certificates that cannot be used.
    init(settings: Settings) throws {
        self.init()
        hostnameVerification =
            switch settings[SettingsTable.hostnameVerifier] {
            case "Strict": .strict
            case "AllowAll": .none
            default: .exceptLocalHost
            }
        for entry in settings[SettingsTable.backendIdentities].entries { identities[entry.server] = try Self.identity(entry) }
    }

    private static func identity(_ entry: BackendIdentities.Entry) throws(StartProblem) -> ListenerIdentity {
        let setting = "\(SettingsTable.backendIdentities.path): certificate and key for \(entry.server)"
        guard let certificate = try? String(contentsOfFile: entry.certificateFile, encoding: .utf8),
            let key = try? String(contentsOfFile: entry.keyFile, encoding: .utf8)
        else {
            throw StartProblem("\(setting) cannot be read; the files are \(entry.certificateFile) and \(entry.keyFile).")
        }
        do {
            return try ListenerIdentity(certificatePEM: certificate, privateKeyPEM: key)
        } catch {
            throw StartProblem("\(setting) cannot be used, or do not fit: \(error).")
        }
    }
}

extension AWSServices {
    init(settings: Settings) {
        self.init()
        functions = settings[SettingsTable.functionsAddress]
        roles = settings[SettingsTable.rolesAddress]
        machine = settings[SettingsTable.machineAddress]
    }
}
