import Definitions
import Documents
import Model
import Storage

/// The scripts with which APIs answer before their backends are there, made of the examples of their definitions.
public struct MockService: Sendable {
    /// The script of one operation.
    public struct Script: Sendable, Hashable {
        /// Upper-case verb.
        public var verb: String
        public var target: String
        public var text: String
    }

    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// What would be generated for an API now.
    public func scripts(ofAPI id: String, for caller: Principal) async throws -> [Script] {
        try await foundation.changes.read { connection in
            let api = try APIAccess.visible(id, to: caller, in: connection)
            return Self.scripts(of: api, try Self.definition(of: api, in: connection))
        }
    }

    /// Writes the generated scripts into the definition, in place of those that are there. Returns the definition; JSON text.
    public func generate(
        ofAPI id: String, by caller: Principal, _ context: ChangeContext
    ) async throws -> (text: String, version: Int64) {
        try await foundation.changes.change(context) { change in
            var api = try APIAccess.editable(id, by: caller, in: change)
            var definition = try Self.definition(of: api, in: change)
            for script in Self.scripts(of: api, definition) {
                let verb = script.verb.lowercased()
                guard definition["paths"]?[script.target]?[verb] != nil else { continue }
                definition["paths"]?[script.target]?[verb]?[MockCompiler.scriptMember] = JSONValue(script.text)
            }
            let text = definition.prettyPrinted()
            try DefinitionStore.put(text, ofAPI: id, tenant: api.tenantID, in: change)
            api.updatedMilliseconds = context.milliseconds
            api.updatedBy = caller.displayName
            let updated = try APIStore.update(api, in: change)
            try change.audit("generate mock scripts", kind: "api", id: id)
            return (text, updated.rowVersion)
        }
    }

    private static func definition(of api: APIRecord, in connection: any SQLConnection) throws -> JSONValue {
        guard let text = try DefinitionStore.find(ofAPI: api.id, tenant: api.tenantID, in: connection) else {
            throw CatalogueError.definitionNotFound(api.id)
        }
        return try JSONValue.parse(text)
    }

    private static func scripts(of api: APIRecord, _ definition: JSONValue) -> [Script] {
        let examples = MockExamples(definition)
        return api.operations.map { operation in
            let (verb, target) = (operation["verb"]?.string ?? "", operation["target"]?.string ?? "")
            return Script(
                verb: verb, target: target, text: MockScript.text(for: examples.responses(verb: verb, target: target)))
        }
    }
}
