import Documents
import Model
import RegularExpressions

extension PolicySpecification {
    /// The form of files and archives: `{type, version, data}`.
    static let fileType = "operation_policy_specification"

    /// Reads a specification out of a file, with or without its wrapping. Throws 902006 with the reason.
    public init(file: JSONValue) throws(CatalogueError) {
        if file["type"]?.string == Self.fileType, let data = file["data"] {
            try self.init(json: data)
        } else {
            try self.init(json: file)
        }
    }

    /// Reads the members of a specification. Throws 902006 with the reason.
    init(json: JSONValue) throws(CatalogueError) {
        func text(_ name: String) throws(CatalogueError) -> String {
            guard let text = json[name]?.string, !text.isEmpty else {
                throw .policySpecificationInvalid("'\(name)' is missing")
            }
            return text
        }
        func list(_ name: String, of known: Set<String>) throws(CatalogueError) -> [String] {
            guard let values = json[name]?.strings, !values.isEmpty, values.count == json[name]?.array?.count else {
                throw .policySpecificationInvalid("'\(name)' must be an array of texts")
            }
            for value in values where !known.contains(value) {
                throw .policySpecificationInvalid(
                    "'\(name)' knows no '\(value)', only \(known.sorted().joined(separator: ", "))")
            }
            return values
        }
        self.init(
            category: try text("category"), name: try text("name"), version: json["version"]?.string ?? "v1",
            displayName: try text("displayName"), description: json["description"]?.string ?? "",
            flows: try list("applicableFlows", of: ["request", "response", "fault"]),
            gateways: try list("supportedGateways", of: ["Synapse", "ChoreoConnect", "AWS", "Azure", "Kong", "Envoy"]),
            apiTypes: try Self.apiTypes(json["supportedApiTypes"]), attributes: try Self.attributes(json["policyAttributes"]))
        try check()
    }

    private func check() throws(CatalogueError) {
        guard category == "Mediation" || category == "Security" else {
            throw .policySpecificationInvalid("'category' must be Mediation or Security")
        }
        func isName(_ text: String, most: Int) -> Bool {
            text.utf8.count <= most
                && text.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
                    default: false
                    }
                }
        }
        guard isName(name, most: 255) else {
            throw .policySpecificationInvalid("'name' must be made of letters, digits, '-', '.' and '_'")
        }
        guard isName(version, most: 45) else {
            throw .policySpecificationInvalid("'version' must be made of letters, digits, '-', '.' and '_'")
        }
        guard Set(attributes.map(\.name)).count == attributes.count else {
            throw .policySpecificationInvalid("two of 'policyAttributes' have the same name")
        }
    }

    private static func apiTypes(_ json: JSONValue?) throws(CatalogueError) -> [PolicyAPIType] {
        let types = (json?.array ?? []).compactMap { type in
            type.string.map { PolicyAPIType($0) }
                ?? type["apiType"]?.string.map { PolicyAPIType($0, subtype: subtype(type["subType"]?.string)) }
        }
        guard !types.isEmpty, types.count == json?.array?.count else {
            throw .policySpecificationInvalid("'supportedApiTypes' must be an array of types")
        }
        return types
    }

    private static func subtype(_ given: String?) -> String? { given == "DEFAULT" || given?.isEmpty == true ? nil : given }

    private static func attributes(_ json: JSONValue?) throws(CatalogueError) -> [PolicyAttribute] {
        var attributes: [PolicyAttribute] = []
        for element in json?.array ?? [] { attributes.append(try PolicyAttribute(json: element)) }
        return attributes
    }

    /// The members, as files and the contract have them.
    public var json: JSONValue {
        [
            "category": JSONValue(category), "name": JSONValue(name), "version": JSONValue(version),
            "displayName": JSONValue(displayName), "description": JSONValue(description),
            "policyAttributes": .array(attributes.map(\.json)), "applicableFlows": JSONValue(flows),
            "supportedGateways": JSONValue(gateways), "supportedApiTypes": .array(apiTypes.map(\.json)),
        ]
    }

    /// The specification as a file.
    var file: JSONValue { ["type": JSONValue(Self.fileType), "version": "v4.6.0", "data": json] }
}

extension PolicyAPIType {
    var json: JSONValue { subtype.map { ["apiType": JSONValue(type), "subType": JSONValue($0)] } ?? JSONValue(type) }
}

extension PolicyAttribute {
    init(json: JSONValue) throws(CatalogueError) {
        guard let name = json["name"]?.string, !name.isEmpty, let displayName = json["displayName"]?.string else {
            throw .policySpecificationInvalid("an attribute lacks 'name' or 'displayName'")
        }
        guard let kind = Kind(rawValue: json["type"]?.string ?? "") else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .policySpecificationInvalid("the 'type' of the attribute '\(name)' is not one of \(known)")
        }
        let pattern = json["validationRegex"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if let pattern {
            do throws(RegularExpressionFault) { _ = try RegularExpression(pattern, [.caseless, .whole]) } catch {
                throw .policySpecificationInvalid("the 'validationRegex' of the attribute '\(name)' is wrong: \(error.reason)")
            }
        }
        self.init(
            name, displayName, description: json["description"]?.string ?? "", kind: kind,
            isRequired: json["required"]?.bool ?? false, pattern: pattern, defaultValue: json["defaultValue"]?.scalarText,
            allowedValues: json["allowedValues"]?.strings ?? [])
    }

    var json: JSONValue {
        var json: JSONValue = [
            "name": JSONValue(name), "displayName": JSONValue(displayName), "description": JSONValue(description),
            "type": JSONValue(kind.rawValue), "required": JSONValue(isRequired), "allowedValues": JSONValue(allowedValues),
        ]
        if let pattern { json["validationRegex"] = JSONValue(pattern) }
        if let defaultValue { json["defaultValue"] = JSONValue(defaultValue) }
        return json
    }
}

extension JSONValue {
    /// A text, or a number or boolean as text; `nil` for everything else.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let bool): bool ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}
