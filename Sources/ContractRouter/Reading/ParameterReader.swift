import Documents
import Model

/// Reads the parameters of a request as the contract declares them: coerced, defaults filled in, checked.
struct ParameterReader {
    var rules: OperationRules
    var exchange: RoutedRequest

    /// The query values; path and header values are only checked. Undeclared query values pass as strings.
    func read() throws -> JSONObject {
        var values = ContractEngine.strings(exchange.target.query)
        for parameter in rules.parameters {
            let value = try check(parameter, raw(parameter))
            if parameter.place == .query { values[parameter.name] = value }
        }
        return values
    }

    private func raw(_ parameter: OperationRules.Parameter) -> [String] {
        switch parameter.place {
        case .path: exchange.parameters[parameter.name].map { [$0] } ?? []
        case .query: exchange.target.query.filter { $0.name == parameter.name }.map(\.value)
        case .header: exchange.incoming.header(parameter.name.lowercased()).map { [$0] } ?? []
        case .cookie: []
        }
    }

    private func check(_ parameter: OperationRules.Parameter, _ raw: [String]) throws -> JSONValue? {
        let isText = parameter.schema["type"]?.string ?? "string" == "string"
        let given = isText ? raw : raw.filter { !$0.isEmpty }
        guard let first = given.first else {
            guard !parameter.isRequired else { throw failure(parameter, "is required") }
            return parameter.schema["default"]
        }
        guard parameter.schema["type"]?.string == "array" else { return try value(first, parameter.schema, parameter) }
        let items = parameter.isCommaSeparated ? first.split(separator: ",").map(String.init) : given
        let schema = parameter.schema["items"] ?? .null
        return .array(try items.map { try value($0, schema, parameter) })
    }

    private func value(_ text: String, _ schema: JSONValue, _ parameter: OperationRules.Parameter) throws -> JSONValue {
        switch schema["type"]?.string {
        case "integer":
            guard let number = Int(text) else { throw failure(parameter, "must be an integer") }
            try checkRange(Double(number), schema, parameter)
            return JSONValue(number)
        case "number":
            guard let number = Double(text), number.isFinite else { throw failure(parameter, "must be a number") }
            try checkRange(number, schema, parameter)
            return JSONValue(number)
        case "boolean":
            guard let value = Bool(text.lowercased()) else { throw failure(parameter, "must be true or false") }
            return JSONValue(value)
        default:
            try checkText(text, schema, parameter)
            return .string(text)
        }
    }

    private func checkRange(_ number: Double, _ schema: JSONValue, _ parameter: OperationRules.Parameter) throws {
        if let minimum = schema["minimum"]?.double, number < minimum {
            throw failure(parameter, "must be at least \(Int(minimum))")
        }
        if let maximum = schema["maximum"]?.double, number > maximum {
            throw failure(parameter, "must be at most \(Int(maximum))")
        }
    }

    private func checkText(_ text: String, _ schema: JSONValue, _ parameter: OperationRules.Parameter) throws {
        if let allowed = schema["enum"]?.strings, !allowed.contains(text) {
            throw failure(parameter, "must be one of \(allowed.joined(separator: ", "))")
        }
        if let pattern = parameter.pattern, !pattern.matches(text) {
            throw failure(parameter, "must match \(pattern.text)")
        }
        if let minimum = schema["minLength"]?.int, text.unicodeScalars.count < minimum {
            throw failure(parameter, "must have at least \(minimum) characters")
        }
        if let maximum = schema["maxLength"]?.int, text.unicodeScalars.count > maximum {
            throw failure(parameter, "must have at most \(maximum) characters")
        }
    }

    private func failure(_ parameter: OperationRules.Parameter, _ rule: String) -> CatalogueError {
        .badRequest("The \(parameter.place.rawValue) parameter '\(parameter.name)' \(rule).")
    }
}
