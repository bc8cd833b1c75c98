import FoundationEssentials
import Model
import Settings

/// The id of the gateway of this data directory: as configured, or a random one that stays the same after a restart.
struct GatewayIDFile {
    var settings: Settings
    var dataPath: String
    var random: RandomSource

    func load() throws -> String {
        let configured = settings[SettingsTable.gatewayID]
        if !configured.isEmpty { return configured }
        let path = dataPath + "/gateway.id"
        if let bytes = FileManager.default.contents(atPath: path) {
            let id = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !id.isEmpty { return id }
        }
        let id = random.uuid()
        guard FileManager.default.createFile(atPath: path, contents: Data((id + "\n").utf8)) else {
            throw StartProblem("The file \(path) cannot be written.")
        }
        return id
    }
}
