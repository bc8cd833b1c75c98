import Documents

/// The kinds of things that an OpenAPI document consists of, as far as it matters where references stand and where their targets can go.
enum DefinitionPart: Hashable, CaseIterable {
    case root, components, pathItem, operation, parameter, requestBody, response, header, mediaType, encoding, callback, link,
        example, securityScheme, schema, discriminator

    /// Where things of this kind have names of their own; `nil` for kinds that can only stand where they are used.
    func table(isVersion2: Bool) -> JSONPointer? {
        let name: String? =
            switch self {
            case .schema: isVersion2 ? "definitions" : "schemas"
            case .parameter: "parameters"
            case .response: "responses"
            case .securityScheme: isVersion2 ? "securityDefinitions" : "securitySchemes"
            case .requestBody: isVersion2 ? nil : "requestBodies"
            case .header: isVersion2 ? nil : "headers"
            case .callback: isVersion2 ? nil : "callbacks"
            case .link: isVersion2 ? nil : "links"
            case .example: isVersion2 ? nil : "examples"
            default: nil
            }
        return name.map { JSONPointer(tokens: isVersion2 ? [$0] : ["components", $0]) }
    }

    /// What the member `name` of such a thing holds, and whether the author chose the names in it. `nil` for members without references.
    func child(_ name: String, isVersion2: Bool) -> (part: DefinitionPart, isTable: Bool)? {
        if name.hasPrefix("x-") { return nil }
        switch self {
        case .root: return Self.rootMembers[name].flatMap { isVersion2 || $0.isInBoth ? ($0.part, $0.isTable) : nil }
        case .components: return Self.componentMembers[name].map { ($0, true) }
        case .callback: return (.pathItem, false)
        case .schema: return schemaMember(name)
        default: return Self.members[self]?[name]
        }
    }

    private func schemaMember(_ name: String) -> (part: DefinitionPart, isTable: Bool)? {
        switch name {
        case "example", "examples", "default", "enum", "const", "required", "xml", "externalDocs": nil
        case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas": (.schema, true)
        case "discriminator": (.discriminator, false)
        default: (.schema, false)
        }
    }

    private static let rootMembers: [String: (part: DefinitionPart, isTable: Bool, isInBoth: Bool)] = [
        "paths": (.pathItem, true, true), "webhooks": (.pathItem, true, true), "components": (.components, false, true),
        "definitions": (.schema, true, false), "parameters": (.parameter, true, false), "responses": (.response, true, false),
        "securityDefinitions": (.securityScheme, true, false),
    ]

    private static let componentMembers: [String: DefinitionPart] = [
        "schemas": .schema, "parameters": .parameter, "responses": .response, "requestBodies": .requestBody,
        "headers": .header, "examples": .example, "links": .link, "callbacks": .callback,
        "securitySchemes": .securityScheme, "pathItems": .pathItem,
    ]

    private static let members: [DefinitionPart: [String: (part: DefinitionPart, isTable: Bool)]] = [
        .pathItem: Dictionary(uniqueKeysWithValues: DefinitionCheck.verbs.map { ($0, (.operation, false)) })
            .merging(["parameters": (.parameter, false)]) { $1 },
        .operation: [
            "parameters": (.parameter, false), "requestBody": (.requestBody, false), "responses": (.response, true),
            "callbacks": (.callback, true),
        ],
        .parameter: [
            "schema": (.schema, false), "content": (.mediaType, true), "examples": (.example, true), "items": (.schema, false),
        ],
        .header: ["schema": (.schema, false), "content": (.mediaType, true), "examples": (.example, true)],
        .requestBody: ["content": (.mediaType, true)],
        .response: [
            "headers": (.header, true), "content": (.mediaType, true), "links": (.link, true), "schema": (.schema, false),
        ],
        .mediaType: ["schema": (.schema, false), "examples": (.example, true), "encoding": (.encoding, true)],
        .encoding: ["headers": (.header, true)],
    ]
}
