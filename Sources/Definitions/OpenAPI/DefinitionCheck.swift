import Documents

/// Looks for what would make an OpenAPI document (2.0, 3.0 or 3.1) unusable later: members of the wrong type and references
/// that lead nowhere. It forgives what readers of definitions commonly forgive, such as operations without answers.
public struct DefinitionCheck {
    /// More findings than this help nobody.
    private static let findingLimit = 50
    static let verbs = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

    let document: JSONValue
    /// Swagger 2.0 has other places for schemas and bodies.
    let isVersion2: Bool
    private(set) var findings: [DefinitionFinding] = []

    private init(_ document: JSONValue) {
        self.document = document
        isVersion2 = document["swagger"] != nil
    }

    /// What is wrong with `document`, in its order; at most 50 findings. The document must come from one of the parsers of
    /// `Documents`, which limit its depth.
    public static func findings(in document: JSONValue) -> [DefinitionFinding] {
        var check = DefinitionCheck(document)
        check.checkRoot()
        check.checkReferences()
        return check.findings
    }

    mutating func report(_ path: [String], _ message: String) {
        guard findings.count < Self.findingLimit else { return }
        findings.append(DefinitionFinding(path: JSONPointer(tokens: path), message: message))
    }

    private mutating func checkRoot() {
        for name in ["info", "paths"] { require(.object, document[name], [name]) }
        require(.array, document["tags"], ["tags"])
        require(.array, document["security"], ["security"])
        if isVersion2 {
            for name in ["host", "basePath"] { require(.string, document[name], [name]) }
            for name in ["schemes", "consumes", "produces"] { require(.array, document[name], [name]) }
            checkTable(["definitions"])
            checkTable(["securityDefinitions"])
        } else {
            require(.array, document["servers"], ["servers"])
            require(.object, document["components"], ["components"])
            for name in document["components"]?.object?.names ?? [] where !name.hasPrefix("x-") {
                checkTable(["components", name])
            }
        }
        for (path, item) in document["paths"]?.object ?? JSONObject() where !path.hasPrefix("x-") {
            checkPath(path, item)
        }
    }

    /// An object whose members are objects (schemas may also be booleans in 3.1).
    private mutating func checkTable(_ path: [String]) {
        guard let table = document[JSONPointer(tokens: path)] else { return }
        require(.object, table, path)
        for (name, value) in table.object ?? JSONObject() where value.object == nil && value.bool == nil {
            if !name.hasPrefix("x-") { report(path + [name], "must be an object") }
        }
    }

    /// The types that members of a definition have.
    enum Kind: String {
        case object = "an object"
        case array = "an array"
        case string = "a string"
    }

    /// Reports a value that is there and of another type.
    mutating func require(_ kind: Kind, _ value: JSONValue?, _ path: [String]) {
        guard let value else { return }
        let fits =
            switch kind {
            case .object: value.object != nil
            case .array: value.array != nil
            case .string: value.string != nil
            }
        if !fits { report(path, "must be \(kind.rawValue)") }
    }
}
