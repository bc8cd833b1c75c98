/// A compiled JSON Schema as OpenAPI 3.0 uses it, with the keywords of draft 2020-12 that OpenAPI 3.1 uses.
///
/// References within the document are followed, also in cycles. Checking never takes more than a bounded number of steps,
/// whatever the schema says; patterns are matched in linear time.
public struct JSONSchema: Sendable {
    let nodes: [SchemaNode]
    let root: Int

    /// Compiles the schema at `pointer` of `document` and everything that it refers to.
    public init(document: JSONValue, at pointer: JSONPointer = .root) throws(SchemaError) {
        var compiler = SchemaCompiler(document: document)
        root = compiler.slot(pointer)
        nodes = try compiler.finish()
    }

    private init(nodes: [SchemaNode], root: Int) {
        self.nodes = nodes
        self.root = root
    }

    /// Compiles many schemas of one document, which share what they have in common. The result is in the order of `pointers`.
    public static func compile(document: JSONValue, at pointers: [JSONPointer]) throws(SchemaError) -> [JSONSchema] {
        var compiler = SchemaCompiler(document: document)
        let roots = pointers.map { compiler.slot($0) }
        let nodes = try compiler.finish()
        return roots.map { JSONSchema(nodes: nodes, root: $0) }
    }

    /// Checks `value` and returns it as the options changed it, with all findings; at most 100.
    public func check(
        _ value: JSONValue, options: SchemaOptions = .strict
    ) -> (value: JSONValue, findings: [SchemaFinding]) {
        var validator = SchemaValidator(nodes: nodes, options: options, for: value)
        let result = validator.checkInstance(value, root, path: .root)
        return (result, Array(validator.findings.prefix(100)))
    }

    /// Whether the value meets the schema as it is written.
    public func allows(_ value: JSONValue) -> Bool { check(value).findings.isEmpty }
}
