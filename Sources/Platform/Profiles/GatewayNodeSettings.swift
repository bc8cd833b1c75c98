import FoundationEssentials
import Model
import RemoteFeed
import Settings
import Storage

/// What the configuration says about a gateway that runs apart.
struct GatewayNodeSettings {
    let settings: FeedSettings
    let key: SealingKey

    init(settings: Settings, directory: DataDirectory, addresses: PlatformAddresses, random: RandomSource) throws {
        let address = Self.address(settings[SettingsTable.controlPlaneURL])
        guard let address else {
            throw StartProblem(
                "A gateway needs its control plane: set \(SettingsTable.controlPlaneURL.path) to its address, https://host:9443."
            )
        }
        let token = settings[SettingsTable.controlPlaneToken]
        guard !token.isEmpty else {
            throw StartProblem(
                "A gateway needs a token: set \(SettingsTable.controlPlaneToken.path) to one made by the control plane (docs/gateways.md)."
            )
        }
        let tenants = settings[SettingsTable.tenantLoading] ? settings[SettingsTable.loadedTenants] : ["*"]
        self.settings = FeedSettings(
            controlPlane: address, token: token,
            trustedCertificates: try Self.certificates(settings[SettingsTable.controlPlaneCertificate]),
            gatewayID: try GatewayIDFile(settings: settings, dataPath: directory.path, random: random).load(),
            environments: settings[SettingsTable.gatewayLabels],
            tenants: tenants.contains("*") ? [] : tenants.map { $0.lowercased() }, host: addresses.host,
            version: ProductVersion.text, folder: directory.path + "/feed",
            heartbeatSeconds: settings[SettingsTable.heartbeatSeconds])
        let configured = settings[SettingsTable.vaultKey]
        key =
            configured.isEmpty
            ? try SealingKey(file: directory.path + "/gateway.key", random: random)
            : try SealingKey(base64: configured, source: SettingsTable.vaultKey.path)
    }

    /// Scheme, host and port. Configurations of other products have a path behind them, which means nothing here.
    private static func address(_ text: String) -> String? {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" }
        return authority.isEmpty ? nil : String(text[..<scheme.upperBound]) + authority
    }

    private static func certificates(_ path: String) throws -> String {
        if path.isEmpty { return "" }
        guard let bytes = FileManager.default.contents(atPath: PlatformOptions.absolute(path)) else {
            throw StartProblem("The file \(path) of \(SettingsTable.controlPlaneCertificate.path) cannot be read.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
