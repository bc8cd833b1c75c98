/// One check of one value. Findings are collected; the value is returned as the options changed it.
struct SchemaValidator {
    /// Nodes that speak about the same value, within each other.
    private static let inPlaceLimit = 100

    let nodes: [SchemaNode]
    var options: SchemaOptions
    var findings: [SchemaFinding] = []
    /// Visits of nodes after which the check gives up: schemas can multiply themselves through `allOf` and `anyOf`.
    private let stepLimit: Int
    private var steps = 0
    /// The nodes that are being applied to the value at hand, so that `A: allOf: [A]` ends.
    private var active: [Int] = []

    init(nodes: [SchemaNode], options: SchemaOptions, for value: JSONValue) {
        self.nodes = nodes
        self.options = options
        stepLimit = 100_000 + 200 * Self.size(value)
    }

    private static func size(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): elements.reduce(1) { $0 + size($1) }
        case .object(let object): object.reduce(1) { $0 + size($1.value) }
        default: 1
        }
    }

    /// Checks a value that no other node has looked at yet: the whole, a member, or an element.
    mutating func checkInstance(_ value: JSONValue, _ index: Int, path: JSONPointer) -> JSONValue {
        let outer = active
        active = []
        defer { active = outer }
        let index = discriminated(value, index)
        let result = check(value, index, path)
        if case .object(let object) = result { checkUndeclared(object, index, path) }
        return result
    }

    mutating func check(_ value: JSONValue, _ index: Int, _ path: JSONPointer) -> JSONValue {
        steps += 1
        guard steps <= stepLimit, active.count < Self.inPlaceLimit else {
            report(path, "limit", "takes too many steps to check")
            steps = stepLimit + 1
            return value
        }
        guard !active.contains(index) else { return value }
        active.append(index)
        defer { active.removeLast() }
        let node = nodes[index]
        guard !node.refusesAll else {
            report(path, "false", "is not allowed")
            return value
        }
        var value = node.reference.map { check(value, $0, path) } ?? value
        if let types = node.types {
            value = coerced(value, types)
            guard matches(value, types) else {
                report(path, "type", "must be \(article(types.description)), not \(article(typeName(value)))")
                return value
            }
        }
        if let allowed = node.enumeration, !allowed.contains(where: { $0.isSame(as: value) }) {
            report(path, "enum", "must be one of \(allowed.prefix(30).map(\.text).joined(separator: ", "))")
        }
        value = checkKind(value, node, path)
        return applyApplicators(value, node, path)
    }

    private mutating func checkKind(_ value: JSONValue, _ node: SchemaNode, _ path: JSONPointer) -> JSONValue {
        switch value {
        case .string(let text): check(text, node, path)
        case .number(let number): check(number, node, path)
        case .array(let elements): return .array(check(elements, node, path))
        case .object(let object): return .object(check(object, node, path))
        case .null, .bool: break
        }
        return value
    }

    /// Adds a finding; the sentence begins with the member's name.
    mutating func report(_ path: JSONPointer, _ rule: String, _ rest: String) {
        guard findings.count < 1_000 else { return }
        let subject = path.tokens.isEmpty ? "the value" : "'\(name(of: path))'"
        findings.append(SchemaFinding(path: path, rule: rule, message: "\(subject) \(rest)"))
    }

    /// `endpoints[2].url` for `/endpoints/2/url`.
    func name(of path: JSONPointer) -> String {
        path.tokens.reduce(into: "") { name, token in
            if Int(token) != nil { name += "[\(token)]" } else { name += name.isEmpty ? token : ".\(token)" }
        }
    }

    /// The findings of `body` alone, which are then not among those of the whole.
    mutating func attempt(_ body: (inout SchemaValidator) -> JSONValue) -> (value: JSONValue, findings: [SchemaFinding]) {
        let outer = findings
        findings = []
        defer { findings = outer }
        return (body(&self), findings)
    }

    private func article(_ noun: String) -> String {
        noun == "null" ? noun : ("aeio".contains(noun.first ?? " ") ? "an " : "a ") + noun
    }
}
