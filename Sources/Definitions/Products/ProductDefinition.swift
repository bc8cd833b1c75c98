import Documents
import Model

/// Puts operations of several definitions together into one OpenAPI document of version 3.
public struct ProductDefinition {
    /// A definition and the operations that are taken from it.
    public struct Part {
        public var document: JSONValue
        /// Upper-case verb and path.
        public var operations: [(verb: String, target: String)]

        public init(document: JSONValue, operations: [(verb: String, target: String)]) {
            self.document = document
            self.operations = operations
        }
    }

    private let parts: [Part]

    /// No two operations have the same verb and path.
    public init(parts: [Part]) { self.parts = parts }

    /// The document with everything that the operations refer to, without title, version and scopes. Throws 900754 for references that
    /// lead nowhere, or when the parts have more than `maximumSize` bytes together.
    public func document(maximumSize: Int) throws -> JSONValue {
        var sources: [String: JSONValue] = [:]
        var paths: JSONValue = [:]
        var names: Set<String> = []
        for (index, part) in parts.enumerated() {
            let file = "api\(index)"
            var source = part.document["swagger"] == nil ? part.document : Swagger2Conversion(part.document).converted
            for (verb, target) in part.operations {
                let pointer = JSONPointer(tokens: ["paths", target, verb.lowercased()])
                guard let operation = Self.operation(at: target, verb.lowercased(), in: source, named: &names) else { continue }
                source["paths"]?[target]?[verb.lowercased()] = operation
                paths[target] = paths[target] ?? [:]
                paths[target]?[verb.lowercased()] = ["$ref": JSONValue("\(file)#\(pointer)")]
            }
            sources[file] = source
        }
        let version = parts.contains { $0.document["openapi"]?.string?.hasPrefix("3.1") ?? false } ? "3.1.0" : "3.0.1"
        let root: JSONValue = ["openapi": JSONValue(version), "info": [:], "servers": [["url": "/"]], "paths": paths]
        return try DefinitionBundle.bundle(root, main: "product", maximumSize: maximumSize) { path in
            sources[path].map { ($0, 0) }
        }
    }

    /// An operation by itself: with the parameters of its path, without the security schemes of its definition, and under an id that no
    /// other operation has.
    private static func operation(
        at target: String, _ verb: String, in document: JSONValue, named names: inout Set<String>
    ) -> JSONValue? {
        guard let item = document["paths"]?[target], var operation = item[verb] else { return nil }
        operation["security"] = nil
        if let id = operation["operationId"]?.string, !names.insert(id).inserted { operation["operationId"] = nil }
        let own = operation["parameters"]?.array ?? []
        let identities = Set(own.map(identity))
        let shared = (item["parameters"]?.array ?? []).filter { !identities.contains(identity($0)) }
        if !shared.isEmpty { operation["parameters"] = .array(shared + own) }
        return operation
    }

    private static func identity(_ parameter: JSONValue) -> String {
        parameter["$ref"]?.string ?? "\(parameter["in"]?.string ?? "") \(parameter["name"]?.string ?? "")"
    }
}
