extension SchemaValidator {
    mutating func check(_ object: JSONObject, _ node: SchemaNode, _ path: JSONPointer) -> JSONObject {
        var result = object
        for (name, value) in object {
            let place = path.appending(name)
            if let property = node.properties[name] {
                guard !isDropped(value, property, isRequired: node.required.contains(name)) else {
                    result[name] = nil
                    continue
                }
                result[name] = checkInstance(value, property, path: place)
            }
            for (pattern, schema) in node.patternProperties where pattern.matches(name) {
                result[name] = checkInstance(result[name] ?? value, schema, path: place)
            }
            if let names = node.propertyNames { _ = checkInstance(.string(name), names, path: place) }
            checkAdditional(name, value, node, path, &result)
        }
        checkPresence(result, node, path)
        return result
    }

    private func isDropped(_ value: JSONValue, _ property: Int, isRequired: Bool) -> Bool {
        if options.ignoresReadOnly, isReadOnly(property) { return true }
        return options.dropsNull && value.isNull && !isRequired && !allowsNull(property)
    }

    private mutating func checkAdditional(
        _ name: String, _ value: JSONValue, _ node: SchemaNode, _ path: JSONPointer, _ result: inout JSONObject
    ) {
        guard node.properties[name] == nil, !node.patternProperties.contains(where: { $0.pattern.matches(name) }) else {
            return
        }
        switch node.additional {
        case .unsaid, .allowed: break
        case .refused: reportUnrecognized(name, "additionalProperties", path)
        case .schema(let schema): result[name] = checkInstance(value, schema, path: path.appending(name))
        }
    }

    private mutating func checkPresence(_ object: JSONObject, _ node: SchemaNode, _ path: JSONPointer) {
        for name in node.required where object[name] == nil {
            if options.ignoresReadOnly, let property = node.properties[name], isReadOnly(property) { continue }
            if options.ignoresWriteOnly, let property = node.properties[name], isWriteOnly(property) { continue }
            report(path.appending(name), "required", "is required")
        }
        if let least = node.minProperties, object.count < least {
            report(path, "minProperties", "must have at least \(least) member\(least == 1 ? "" : "s")")
        }
        if let most = node.maxProperties, object.count > most {
            report(path, "maxProperties", "must have at most \(most) member\(most == 1 ? "" : "s")")
        }
        for (name, needs) in node.dependentRequired where object[name] != nil {
            for need in needs where object[need] == nil {
                report(path.appending(need), "dependentRequired", "is required together with '\(name)'")
            }
        }
    }

    /// Reports the members that no schema of the value declares. Schemas under `allOf`, `oneOf` and the like count, whether or
    /// not they match.
    mutating func checkUndeclared(_ object: JSONObject, _ index: Int, _ path: JSONPointer) {
        let declaration = declaration(of: index)
        let rule: String
        if declaration.refusesOthers {
            rule = "unevaluatedProperties"
        } else if options.closed, !declaration.isOpen, !declaration.names.isEmpty {
            rule = "closed"
        } else {
            return
        }
        for name in object.names where !declaration.names.contains(name) {
            guard !declaration.patterns.contains(where: { $0.matches(name) }) else { continue }
            guard !findings.contains(where: { $0.rule == "additionalProperties" && $0.path == path.appending(name) }) else {
                continue
            }
            reportUnrecognized(name, rule, path)
        }
    }

    private mutating func reportUnrecognized(_ name: String, _ rule: String, _ path: JSONPointer) {
        let place = path.appending(name)
        let owner = path.tokens.isEmpty ? "" : " in '\(self.name(of: path))'"
        findings.append(SchemaFinding(path: place, rule: rule, message: "Unrecognized property '\(name)'\(owner)"))
    }

    private struct Declaration {
        var names: Set<String> = []
        var patterns: [SchemaPattern] = []
        /// Some schema says that other members are welcome.
        var isOpen = false
        var refusesOthers = false
    }

    private func declaration(of index: Int) -> Declaration {
        var declaration = Declaration()
        var seen: Set<Int> = []
        var open = [index]
        while let index = open.popLast() {
            guard seen.insert(index).inserted else { continue }
            let node = nodes[index]
            declaration.names.formUnion(node.properties.keys)
            declaration.patterns += node.patternProperties.map(\.pattern)
            switch node.additional {
            case .allowed, .schema: declaration.isOpen = true
            case .unsaid, .refused: break
            }
            if case .refused = node.unevaluated { declaration.refusesOthers = true }
            open += node.applicators
        }
        return declaration
    }
}
