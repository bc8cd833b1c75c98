import Model
import Settings

/// Where the platform listens and how clients reach it.
struct PlatformAddresses: Sendable {
    var host: String
    var managementPort: Int
    var gatewayHTTPPort: Int
    var gatewayHTTPSPort: Int

    /// `offset` of the command line is added to the configured one.
    init(settings: Settings, offset: Int) throws {
        let offset = offset + settings[SettingsTable.offset]
        host = settings[SettingsTable.hostname]
        managementPort = settings[SettingsTable.managementPort] + offset
        gatewayHTTPPort = settings[SettingsTable.gatewayHTTPPort] + offset
        gatewayHTTPSPort = settings[SettingsTable.gatewayHTTPSPort] + offset
        let ports = [managementPort, gatewayHTTPPort, gatewayHTTPSPort]
        guard ports.allSatisfy((1...65_535).contains) else {
            throw StartProblem("The port offset \(offset) leads to ports beyond 65535.")
        }
        guard Set(ports).count == ports.count else { throw StartProblem("Two of the configured ports are the same.") }
    }

    var management: String { "https://\(host):\(managementPort)" }
    var gatewayHTTP: String { "http://\(host):\(gatewayHTTPPort)" }
    var gatewayHTTPS: String { "https://\(host):\(gatewayHTTPSPort)" }

    /// The environment that every tenant has: the gateway of this installation.
    var defaultEnvironment: GatewayEnvironment {
        GatewayEnvironment(
            id: "Default", name: "Default", displayName: "Default", description: "The gateway of this installation",
            isReadOnly: true,
            virtualHosts: [VirtualHost(host: host, httpPort: gatewayHTTPPort, httpsPort: gatewayHTTPSPort)])
    }
}
