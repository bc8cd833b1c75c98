extension SchemaValidator {
    func matches(_ value: JSONValue, _ types: SchemaTypes) -> Bool {
        switch value {
        case .null: types.contains(.null)
        case .bool: types.contains(.boolean)
        case .number(let number): types.contains(.number) || types.contains(.integer) && number.isInteger
        case .string: types.contains(.string)
        case .array: types.contains(.array)
        case .object: types.contains(.object)
        }
    }

    func typeName(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A number or boolean out of its quotes, if the options and the types want that.
    func coerced(_ value: JSONValue, _ types: SchemaTypes) -> JSONValue {
        guard options.coerces, case .string(let text) = value, !types.contains(.string) else { return value }
        if types.contains(.boolean), text == "true" || text == "false" { return .bool(text == "true") }
        guard !types.isDisjoint(with: [.integer, .number]), let parsed = try? JSONValue.parse(text),
            case .number = parsed
        else { return value }
        return parsed
    }

    mutating func check(_ text: String, _ node: SchemaNode, _ path: JSONPointer) {
        if let least = node.minLength, text.unicodeScalars.count < least {
            report(path, "minLength", least == 1 ? "must not be empty" : "must have at least \(least) characters")
        }
        if let most = node.maxLength, text.utf8.count > most, text.unicodeScalars.count > most {
            report(path, "maxLength", "must have at most \(most) characters")
        }
        if let pattern = node.pattern, !pattern.matches(text) {
            report(path, "pattern", "must match the pattern \(pattern.text)")
        }
        if let format = node.format, let expectation = SchemaFormat.fault(text, format) {
            report(path, "format", "must be \(expectation)")
        }
    }

    mutating func check(_ number: JSONNumber, _ node: SchemaNode, _ path: JSONPointer) {
        if let limit = node.minimum, number.isLess(than: limit) { report(path, "minimum", "must be at least \(limit.text)") }
        if let limit = node.maximum, limit.isLess(than: number) { report(path, "maximum", "must be at most \(limit.text)") }
        if let limit = node.exclusiveMinimum, !limit.isLess(than: number) {
            report(path, "exclusiveMinimum", "must be more than \(limit.text)")
        }
        if let limit = node.exclusiveMaximum, !number.isLess(than: limit) {
            report(path, "exclusiveMaximum", "must be less than \(limit.text)")
        }
        if let divisor = node.multipleOf, !number.isMultiple(of: divisor) {
            report(path, "multipleOf", "must be a multiple of \(divisor.text)")
        }
        if let format = node.format, let expectation = SchemaFormat.fault(number, format) {
            report(path, "format", "must be \(expectation)")
        }
    }

    mutating func check(_ elements: [JSONValue], _ node: SchemaNode, _ path: JSONPointer) -> [JSONValue] {
        checkCounts(elements, node, path)
        guard node.items != nil || !node.prefixItems.isEmpty else { return elements }
        var result = elements
        for (position, element) in elements.enumerated() {
            let schema = position < node.prefixItems.count ? node.prefixItems[position] : node.items
            if let schema { result[position] = checkInstance(element, schema, path: path.appending(position)) }
        }
        return result
    }

    private mutating func checkCounts(_ elements: [JSONValue], _ node: SchemaNode, _ path: JSONPointer) {
        if let least = node.minItems, elements.count < least {
            report(path, "minItems", "must have at least \(least) element\(least == 1 ? "" : "s")")
        }
        if let most = node.maxItems, elements.count > most {
            report(path, "maxItems", "must have at most \(most) element\(most == 1 ? "" : "s")")
        }
        if node.uniqueItems, Set(elements.map(\.normalised)).count < elements.count {
            report(path, "uniqueItems", "must not have equal elements")
        }
        guard let schema = node.contains else { return }
        let count = elements.reduce(into: 0) { count, element in
            if attempt({ $0.checkInstance(element, schema, path: path) }).findings.isEmpty { count += 1 }
        }
        if count < node.minContains ?? 1 || count > node.maxContains ?? .max {
            report(path, "contains", "has \(count) elements of the kind that it must contain")
        }
    }
}

extension JSONNumber {
    /// Whether the value is whole: `1.0` and `1e3` are.
    var isInteger: Bool {
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }) { return true }
        return double.isFinite && double.rounded() == double
    }

    /// Exact for integers of 64 bits, otherwise in double precision.
    func isLess(than other: JSONNumber) -> Bool {
        if let left = Int(text), let right = Int(other.text) { return left < right }
        return double < other.double
    }

    func isMultiple(of divisor: JSONNumber) -> Bool {
        if let value = int, let divisor = divisor.int { return divisor == 0 || divisor == -1 || value % divisor == 0 }
        let quotient = double / divisor.double
        return quotient.isFinite && abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
    }
}

extension JSONValue {
    /// Equality in the sense of JSON Schema: `1` and `1.0` are the same.
    func isSame(as other: JSONValue) -> Bool { self == other || normalised == other.normalised }

    /// The value with every number in one spelling.
    var normalised: JSONValue {
        switch self {
        case .number(let number):
            if let int = number.int { return JSONValue(int) }
            return number.double.isFinite ? JSONValue(number.double) : self
        case .array(let elements): return .array(elements.map(\.normalised))
        case .object(let object): return .object(JSONObject(object.map { ($0.name, $0.value.normalised) }))
        default: return self
        }
    }
}
