import Definitions
import Documents
import Model

/// Turns examples and scripts of a definition into the answers that gateways give by themselves.
struct MockCompiler {
    /// The OpenAPI document that the revision copied.
    let definition: JSONValue

    /// Where scripts stand in the definition.
    static let scriptMember = "x-mediation-script"

    /// The answers of an operation. `usesScripts` says that a script of the operation counts more than its examples. Throws a 400 for a
    /// script that does more than to choose one of fixed answers.
    func mock(verb: String, target: String, usesScripts: Bool) throws -> GatewayMock {
        let script = definition["paths"]?[target]?[verb.lowercased()]?[Self.scriptMember]?.string ?? ""
        guard usesScripts, !script.isEmpty else {
            return GatewayMock(responses: MockExamples(definition).responses(verb: verb, target: target))
        }
        do {
            return GatewayMock(responses: try MockScript.responses(of: script))
        } catch {
            throw CatalogueError.mockScriptUnsupported("\(verb) \(target)", reason: error.reason)
        }
    }
}
