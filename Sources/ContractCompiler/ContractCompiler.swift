import Foundation
import Yams

/// Build tool: turns `contracts/*.yaml` into Swift source that embeds them in a form that needs no YAML parser at run time.
///
/// Usage: `ContractCompiler OUTPUT CONTRACT.yaml …`. The plugin `EmbedContracts` runs it when a contract has changed.
@main
enum ContractCompiler {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first, arguments.count > 1 else {
            throw ContractFault(message: "usage: ContractCompiler OUTPUT CONTRACT.yaml …")
        }
        var source = "// Made by ContractCompiler out of contracts/*.yaml.\n\nextension EmbeddedContract {\n"
        source += "    /// All contracts of the platform.\n    public static let all: [EmbeddedContract] = [\n"
        for path in arguments.dropFirst().sorted() {
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            let text = try String(contentsOfFile: path, encoding: .utf8)
            do {
                let lines = try CompiledContract(name: name, yaml: text).lines
                source += "EmbeddedContract(name: \"\(name)\", text: ###\"\"\"\n\(lines.joined(separator: "\n"))\n\"\"\"###),\n"
            } catch {
                throw ContractFault(message: "\(path): \(error)")
            }
        }
        source += "    ]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}

/// Why a contract cannot be embedded.
struct ContractFault: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
