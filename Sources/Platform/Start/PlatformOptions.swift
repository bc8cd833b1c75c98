import ArgumentParser
import FoundationEssentials
import Model
import Settings

/// The options that say where an installation is; shared by the subcommands.
struct PlatformOptions: ParsableArguments {
    @Option(help: "The configuration file; without it, deployment.toml in the data directory.")
    var config: String?

    @Option(help: "The directory with everything that the platform keeps.")
    var data = "data"

    /// Absolute, because the process may be started from anywhere.
    var dataPath: String { Self.absolute(data) }

    var configurationPath: String { config.map(Self.absolute) ?? dataPath + "/deployment.toml" }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// Reads the settings; the default file may be absent, a named one may not.
    func settings(environment: [String: String]) throws -> Settings {
        let path = configurationPath
        guard let bytes = FileManager.default.contents(atPath: path) else {
            guard config == nil else { throw StartProblem("The configuration \(path) cannot be read.") }
            return try Settings(text: "", file: path, environment: environment)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw StartProblem("The configuration \(path) is no UTF-8 text.")
        }
        return try Settings(text: text, file: path, environment: environment)
    }
}
