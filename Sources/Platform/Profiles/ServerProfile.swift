import ArgumentParser
import Settings

/// What a node does.
enum ServerProfile: String, ExpressibleByArgument, CaseIterable {
    /// Control plane and gateway in one process.
    case all
    /// Everything but API traffic.
    case controlPlane = "control-plane"
    /// API traffic only, without a database.
    case gateway

    /// What `server.server_role` says.
    init(settings: Settings) {
        switch settings[SettingsTable.serverRole] {
        case "control-plane": self = .controlPlane
        case "gateway-worker": self = .gateway
        default: self = .all
        }
    }
}
