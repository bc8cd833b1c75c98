import Documents

extension DefinitionCheck {
    private static let parameterPlaces: Set<String> = ["path", "query", "header", "cookie", "body", "formData"]

    mutating func checkPath(_ path: String, _ item: JSONValue) {
        let place = ["paths", path]
        if !path.hasPrefix("/") { report(place, "a path must begin with '/'") }
        if let fault = Self.templateFault(path) { report(place, fault) }
        guard let members = item.object else {
            report(place, "must be an object")
            return
        }
        checkParameters(members["parameters"], place + ["parameters"])
        for verb in Self.verbs {
            if let operation = members[verb] { checkOperation(operation, place + [verb]) }
        }
    }

    private mutating func checkOperation(_ operation: JSONValue, _ place: [String]) {
        guard let members = operation.object else {
            report(place, "must be an object")
            return
        }
        require(.string, members["operationId"], place + ["operationId"])
        require(.array, members["tags"], place + ["tags"])
        require(.object, members["requestBody"], place + ["requestBody"])
        require(.object, members["callbacks"], place + ["callbacks"])
        checkParameters(members["parameters"], place + ["parameters"])
        require(.object, members["responses"], place + ["responses"])
        for (status, answer) in members["responses"]?.object ?? JSONObject() where !status.hasPrefix("x-") {
            require(.object, answer, place + ["responses", status])
        }
        require(.array, members["security"], place + ["security"])
        for (position, requirement) in (members["security"]?.array ?? []).enumerated() {
            require(.object, requirement, place + ["security", String(position)])
        }
    }

    private mutating func checkParameters(_ parameters: JSONValue?, _ place: [String]) {
        require(.array, parameters, place)
        for (position, parameter) in (parameters?.array ?? []).enumerated() {
            let place = place + [String(position)]
            guard let members = parameter.object else {
                report(place, "must be an object")
                continue
            }
            guard members["$ref"] == nil else { continue }
            if members["name"]?.string == nil { report(place + ["name"], "a parameter needs a name") }
            guard let location = members["in"]?.string, Self.parameterPlaces.contains(location) else {
                report(place + ["in"], "must be one of path, query, header, cookie\(isVersion2 ? ", body, formData" : "")")
                continue
            }
        }
    }

    /// What is wrong with the braces of a path template.
    private static func templateFault(_ path: String) -> String? {
        var name: String?
        for character in path {
            switch (character, name) {
            case ("{", nil): name = ""
            case ("{", _): return "'{' within '{'"
            case ("}", nil): return "'}' without '{'"
            case ("}", ""): return "a variable of a path needs a name"
            case ("}", _): name = nil
            case ("/", .some): return "a variable of a path must not hold '/'"
            default: name?.append(character)
            }
        }
        return name == nil ? nil : "'{' without '}'"
    }
}
