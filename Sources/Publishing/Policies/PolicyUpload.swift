import Documents
import Model
import Scripting

/// The files of a policy that a client sends: specification and definitions.
public struct PolicyUpload: Sendable {
    public struct File: Sendable {
        public var name: String?
        public var bytes: [UInt8]

        public init(name: String?, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// YAML or JSON.
    public var specification: File?
    /// The definition for the gateways of this platform: a Lua script, or a template of other gateways.
    public var definition: File?
    /// The definition for Choreo Connect gateways.
    public var choreoConnectDefinition: File?

    public init(specification: File?, definition: File?, choreoConnectDefinition: File?) {
        self.specification = specification
        self.definition = definition
        self.choreoConnectDefinition = choreoConnectDefinition
    }

    /// Bytes of each file.
    static let largest = 256 * 1024

    /// The checked content. Throws 902006 for a specification or script that is none, 903008 without any definition.
    func content() throws(CatalogueError) -> (specification: PolicySpecification, definitions: PolicyDefinitions) {
        guard let specification, !specification.bytes.isEmpty else {
            throw .policySpecificationInvalid("the part policySpecFile is missing")
        }
        let parsed = try Self.specification(specification)
        let choreoConnect = try choreoConnectDefinition.map { file throws(CatalogueError) in try Self.text(of: file) }
        guard let definition else {
            guard let choreoConnect else { throw .policyDefinitionMissing }
            return (parsed, PolicyDefinitions(form: .template, choreoConnect: choreoConnect))
        }
        let text = try Self.text(of: definition)
        let form = try Self.form(of: definition, text)
        if form == .lua { try Self.checkFunctions(of: text, for: parsed.flows) }
        return (parsed, PolicyDefinitions(form: form, text: text, choreoConnect: choreoConnect))
    }

    private static func specification(_ file: File) throws(CatalogueError) -> PolicySpecification {
        let text = try text(of: file)
        let json: JSONValue
        do { json = try YAMLDocument.parse(text) } catch { throw .policySpecificationInvalid("\(error)") }
        return try PolicySpecification(file: json)
    }

    private static func text(of file: File) throws(CatalogueError) -> String {
        guard file.bytes.count <= largest else {
            throw .policySpecificationInvalid("the file \(file.name ?? "") has more than \(largest) bytes")
        }
        guard let text = String(validating: file.bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw .policySpecificationInvalid("the file \(file.name ?? "") is no text in UTF-8")
        }
        return text
    }

    /// By the file's name, and by what it is where the name does not tell.
    private static func form(of file: File, _ text: String) throws(CatalogueError) -> PolicyDefinitions.Form {
        let name = file.name?.lowercased() ?? ""
        if [".j2", ".xml", ".gotmpl", ".json"].contains(where: name.hasSuffix) { return .template }
        guard let problem = ScriptCheck.problem(in: text, name: file.name ?? "script") else { return .lua }
        if name.hasSuffix(".lua") { throw .policySpecificationInvalid("the script does not compile: \(problem)") }
        return .template
    }

    /// A script without any of the functions that gateways call would let everything pass, whatever it was meant to keep out.
    private static func checkFunctions(of script: String, for flows: [String]) throws(CatalogueError) {
        let functions = flows.map { "on_" + $0 }
        guard ScriptCheck.defines(oneOf: functions, in: script, name: "script") else {
            let names = functions.joined(separator: ", ")
            throw .policySpecificationInvalid("the script has no function that gateways call; there may be \(names)")
        }
    }
}
