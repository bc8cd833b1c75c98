import Foundation
import PackagePlugin

/// Runs `ContractCompiler` over `contracts/*.yaml` whenever one of them has changed.
@main
struct EmbedContracts: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "contracts")
        let contracts = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
            .sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedContracts.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(contracts.count) contracts",
                executable: try context.tool(named: "ContractCompiler").url,
                arguments: [output.path] + contracts.map(\.path),
                inputFiles: contracts,
                outputFiles: [output])
        ]
    }
}
