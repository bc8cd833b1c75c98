import Yams

/// YAML 1.2 texts as JSON values, by the core schema: `yes` and `on` are strings, `0o17` is octal, dates are strings.
public enum YAMLDocument {
    /// Reads a text that holds one document; an empty one is `null`. Keys that are no strings become their text; merge keys
    /// (`<<`) have no meaning in YAML 1.2 and are kept as members. Aliases count against `limits.values` each time they
    /// are used.
    public static func parse(_ text: String, limits: JSONLimits = .default) throws(DocumentError) -> JSONValue {
        guard text.utf8.count <= limits.size else {
            throw DocumentError("the document has more than the \(limits.size) bytes that are allowed")
        }
        let root: Node?
        do {
            try YAMLAliasGuard.check(text)
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as DocumentError {
            throw error
        } catch {
            throw DocumentError(reported: error)
        }
        guard let root else { return .null }
        var reader = YAMLReader(limits: limits)
        return try reader.value(root, depth: 0)
    }
}

extension DocumentError {
    /// A sentence out of what the parser of the dependency reports; its own text would repeat the document.
    fileprivate init(reported error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            self.init(
                context.map { "\($0.text): \(problem)" } ?? problem, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { "'\($0)'" }.joined(separator: ", ")
            self.init("a mapping has the key \(list) twice", line: context.mark.line, column: context.mark.column)
        case .reader(let problem, let offset, _, _):
            self.init(offset.map { "\(problem) at character \($0)" } ?? problem)
        case .memory: self.init("the document needs more memory than there is")
        default: self.init("the text is not YAML")
        }
    }
}

/// Turns composed nodes into values and counts what it makes. Composed nodes share what an alias repeats, so only this walk
/// can grow beyond the text.
struct YAMLReader {
    let limits: JSONLimits
    private var count = 0

    init(limits: JSONLimits) { self.limits = limits }

    mutating func value(_ node: Node, depth: Int) throws(DocumentError) -> JSONValue {
        count += 1
        guard count <= limits.values else {
            throw failure("the document has more than \(limits.values) values after its aliases are replaced", node)
        }
        switch node {
        case .scalar(let scalar): return try value(scalar)
        case .sequence(let sequence):
            try checkDepth(depth, node)
            var elements: [JSONValue] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try value(element, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            try checkDepth(depth, node)
            return .object(try object(mapping, depth: depth))
        case .alias: throw failure("an alias stands for nothing", node)
        }
    }

    private mutating func object(_ mapping: Node.Mapping, depth: Int) throws(DocumentError) -> JSONObject {
        var object = JSONObject()
        object.reserveCapacity(mapping.count)
        for (key, member) in mapping {
            guard case .scalar(let name) = key else { throw failure("the key of a mapping must be a string", key) }
            try checkText(name.string, key)
            object[name.string] = try value(member, depth: depth + 1)
        }
        return object
    }

    private func value(_ scalar: Node.Scalar) throws(DocumentError) -> JSONValue {
        try checkText(scalar.string, .scalar(scalar))
        switch scalar.tag.rawTag {
        case "", "?":
            return scalar.style == .plain ? YAMLCoreSchema.value(scalar.string) : .string(scalar.string)
        case Tag.Name.int.rawValue, Tag.Name.float.rawValue, Tag.Name.bool.rawValue, Tag.Name.null.rawValue:
            return YAMLCoreSchema.value(scalar.string)
        default:
            return .string(scalar.string)
        }
    }

    private func checkDepth(_ depth: Int, _ node: Node) throws(DocumentError) {
        guard depth < limits.depth else {
            throw failure("mappings and sequences are nested deeper than \(limits.depth) levels", node)
        }
    }

    private func checkText(_ text: String, _ node: Node) throws(DocumentError) {
        guard limits.allowsNull || !text.utf8.contains(0) else { throw failure("strings must not hold U+0000", node) }
    }

    private func failure(_ message: String, _ node: Node) -> DocumentError {
        DocumentError(message, line: node.mark?.line, column: node.mark?.column)
    }
}

extension Tag {
    /// The tag as it stands in the text. `description` resolves nothing, unlike the name of a node.
    fileprivate var rawTag: String { description }
}
