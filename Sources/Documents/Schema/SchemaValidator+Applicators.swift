extension SchemaValidator {
    mutating func applyApplicators(_ value: JSONValue, _ node: SchemaNode, _ path: JSONPointer) -> JSONValue {
        var value = value
        for schema in node.allOf { value = check(value, schema, path) }
        if !node.anyOf.isEmpty { value = checkAny(value, candidates(node.anyOf, value, node, path), path) }
        if !node.oneOf.isEmpty { value = checkOne(value, candidates(node.oneOf, value, node, path), path) }
        if let negated = node.negated, attempt({ $0.check(value, negated, path) }).findings.isEmpty {
            report(path, "not", "has a form that is not allowed")
        }
        if let condition = node.condition {
            let holds = attempt { $0.check(value, condition.test, path) }.findings.isEmpty
            if let branch = holds ? condition.then : condition.otherwise { value = check(value, branch, path) }
        }
        for (name, schema) in node.dependentSchemas where value[name] != nil { value = check(value, schema, path) }
        return value
    }

    /// The branches that count: all, or the one that the discriminator names; none after a finding about it.
    private mutating func candidates(
        _ branches: [Int], _ value: JSONValue, _ node: SchemaNode, _ path: JSONPointer
    ) -> [Int] {
        guard let discriminator = node.discriminator, case .object(let object) = value else { return branches }
        guard let choice = object[discriminator.property]?.string else {
            report(path.appending(discriminator.property), "discriminator", "is required")
            return []
        }
        guard let branch = discriminator.mapping[choice] else {
            let known = discriminator.mapping.keys.sorted().joined(separator: ", ")
            report(path.appending(discriminator.property), "discriminator", "must be one of \(known)")
            return []
        }
        return [branch]
    }

    private mutating func checkAny(_ value: JSONValue, _ branches: [Int], _ path: JSONPointer) -> JSONValue {
        guard branches.count != 1 else { return check(value, branches[0], path) }
        guard !branches.isEmpty else { return value }
        let matching = outcomes(value, branches, path).first { $0.findings.isEmpty }
        if let matching { return matching.value }
        reportNoMatch(value, branches, "anyOf", path)
        return value
    }

    private mutating func checkOne(_ value: JSONValue, _ branches: [Int], _ path: JSONPointer) -> JSONValue {
        guard branches.count != 1 else { return check(value, branches[0], path) }
        guard !branches.isEmpty else { return value }
        let matching = outcomes(value, branches, path).filter { $0.findings.isEmpty }
        switch matching.count {
        case 0: reportNoMatch(value, branches, "oneOf", path)
        case 1: break
        default: report(path, "oneOf", "matches \(matching.count) of the alternatives, but must match exactly one")
        }
        return matching.first?.value ?? value
    }

    /// Without coercion first: `"5"` is meant to be a string where a string is among the alternatives.
    private mutating func outcomes(
        _ value: JSONValue, _ branches: [Int], _ path: JSONPointer
    ) -> [(value: JSONValue, findings: [SchemaFinding])] {
        let coerces = options.coerces
        defer { options.coerces = coerces }
        options.coerces = false
        let exact = branches.map { branch in attempt { $0.check(value, branch, path) } }
        guard coerces, !exact.contains(where: \.findings.isEmpty) else { return exact }
        options.coerces = true
        return branches.map { branch in attempt { $0.check(value, branch, path) } }
    }

    private mutating func reportNoMatch(_ value: JSONValue, _ branches: [Int], _ rule: String, _ path: JSONPointer) {
        let nearest = branches.map { branch in attempt { $0.check(value, branch, path) }.findings }
            .min { $0.count < $1.count }
        let reason = nearest?.first.map { "; the nearest fails because \($0.message)" } ?? ""
        report(path, rule, "matches none of the \(branches.count) alternatives\(reason)")
    }

    /// The schema that a parent's discriminator (OpenAPI 3.0 §4.7.25, the form without `oneOf`) names for this value.
    func discriminated(_ value: JSONValue, _ index: Int) -> Int {
        var start = index
        var hops = 0
        while nodes[start].discriminator == nil, let reference = nodes[start].reference, hops < 100 {
            start = reference
            hops += 1
        }
        let node = nodes[start]
        guard let discriminator = node.discriminator, node.oneOf.isEmpty, node.anyOf.isEmpty,
            let choice = value[discriminator.property]?.string, let child = discriminator.mapping[choice]
        else { return index }
        return child
    }

    func isReadOnly(_ index: Int) -> Bool { says(\.isReadOnly, index) }

    /// Whether a property's schema, or one that it refers to, says `writeOnly`.
    func isWriteOnly(_ index: Int) -> Bool { says(\.isWriteOnly, index) }

    private func says(_ mark: KeyPath<SchemaNode, Bool>, _ index: Int, depth: Int = 0) -> Bool {
        let node = nodes[index]
        if node[keyPath: mark] { return true }
        guard depth < 20 else { return false }
        if let reference = node.reference, says(mark, reference, depth: depth + 1) { return true }
        return node.allOf.contains { nodes[$0][keyPath: mark] }
    }

    /// Whether `null` is a value of the schema and not merely the absence of one.
    func allowsNull(_ index: Int, depth: Int = 0) -> Bool {
        let node = nodes[index]
        if node.types != nil || node.enumeration != nil { return node.allowsNull }
        guard depth < 20 else { return false }
        if let reference = node.reference { return allowsNull(reference, depth: depth + 1) }
        if !node.allOf.isEmpty { return node.allOf.allSatisfy { allowsNull($0, depth: depth + 1) } }
        let choices = node.oneOf + node.anyOf
        return choices.isEmpty ? node.properties.isEmpty : choices.contains { allowsNull($0, depth: depth + 1) }
    }
}
