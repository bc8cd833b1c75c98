import Contracts
import Documents
import Synchronization

/// One REST contract: its operations for routing, and its components, which are parsed on first use.
public final class Contract: Sendable {
    /// For instance `publisher-v4`.
    public let name: String
    /// Base path, for instance `/api/am/publisher/v4`.
    public let base: String
    /// In the order of the contract.
    public let operations: [ContractOperation]
    private let header: ContractText
    private let components: [(section: String, name: String, text: ContractText)]
    private let index: [String: Int]
    private let parsed = Mutex<[String: JSONValue]>([:])
    private let schemaDocument = Mutex<JSONValue?>(nil)

    /// Reads the compiled lines; a line that is none is left out, which the build tool rules out.
    public init(_ embedded: EmbeddedContract) {
        var base = ""
        var header = ContractText("{}")
        var operations: [ContractOperation] = []
        var components: [(section: String, name: String, text: ContractText)] = []
        for line in ContractText(embedded.text).split(UInt8(ascii: "\n")) {
            let kind = line.split(UInt8(ascii: "\t"), limit: 2)
            switch kind[0].string {
            case "H":
                let columns = line.split(UInt8(ascii: "\t"), limit: 4)
                base = columns[2].string
                header = columns[3]
            case "O":
                operations.append(ContractOperation(contract: embedded.name, columns: line.split(UInt8(ascii: "\t"), limit: 7)))
            case "C":
                let columns = line.split(UInt8(ascii: "\t"), limit: 4)
                components.append((columns[1].string, columns[2].string, columns[3]))
            default: continue
            }
        }
        name = embedded.name
        self.base = base
        self.header = header
        self.operations = operations
        self.components = components
        index = Dictionary(
            components.enumerated().map { ("#/components/\($1.section)/\($1.name)", $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// All contracts of the platform.
    public static let all: [Contract] = EmbeddedContract.all.map(Contract.init)

    /// The component that a reference such as `#/components/schemas/API` names.
    public func component(_ reference: String) -> JSONValue? {
        if let known = parsed.withLock({ $0[reference] }) { return known }
        guard let position = index[reference] else { return nil }
        let value = components[position].text.json
        parsed.withLock { $0[reference] = value }
        return value
    }

    /// `value`, or what it refers to by `$ref`, at most ten steps away.
    public func resolve(_ value: JSONValue) -> JSONValue {
        var value = value
        for _ in 0..<10 {
            guard let reference = value["$ref"]?.string, let target = component(reference) else { return value }
            value = target
        }
        return value
    }

    /// Compiles a schema that stands anywhere in the contract; its references lead into the contract's components.
    func schema(_ json: JSONValue) throws(SchemaError) -> JSONSchema {
        var document = schemas
        document["x-schema"] = json
        return try JSONSchema(document: document, at: JSONPointer(tokens: ["x-schema"]))
    }

    /// A document with nothing but the components, as the ground for references.
    private var schemas: JSONValue {
        if let known = schemaDocument.withLock({ $0 }) { return known }
        let document: JSONValue = ["openapi": "3.0.1", "components": componentsDocument]
        schemaDocument.withLock { $0 = document }
        return document
    }

    /// The title, version and description members of the document.
    public var information: JSONValue { header.json["info"] ?? .object(JSONObject()) }

    /// The whole OpenAPI document.
    public var document: JSONValue {
        var document = header.json
        var paths = JSONValue.object(JSONObject())
        for operation in operations {
            var item = paths[operation.path] ?? .object(JSONObject())
            item[operation.method.lowercased()] = operation.json
            paths[operation.path] = item
        }
        document["paths"] = paths
        document["components"] = componentsDocument
        return document
    }

    /// The `components` member of the document.
    public var componentsDocument: JSONValue {
        var sections = JSONValue.object(JSONObject())
        for component in components {
            var section = sections[component.section] ?? .object(JSONObject())
            section[component.name] = component.text.json
            sections[component.section] = section
        }
        return sections
    }
}
