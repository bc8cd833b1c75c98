import Documents

/// What a contract demands of the requests of one operation and promises of its answers, with references resolved and schemas compiled.
package struct OperationRules: Sendable {
    package struct Parameter: Sendable {
        package enum Place: String, Sendable { case path, query, header, cookie }

        var name: String
        var place: Place
        var isRequired: Bool
        /// Values are separated by commas rather than repeated.
        var isCommaSeparated: Bool
        var schema: JSONValue
        var pattern: SchemaPattern?
    }

    /// A body in one media type.
    package struct Media: Sendable {
        /// Lower-case media type or `*/*`.
        package var type: String
        /// `nil` where the contract says nothing about the content, and for forms.
        package var schema: JSONSchema?
        /// The fields of a form.
        package var fields: [FormField]
    }

    package var parameters: [Parameter]
    package var media: [Media]
    package var isBodyRequired: Bool
    /// Answers by status or `default`.
    package var answers: [String: [Media]]
    /// Whether the contract answers 406, and so wants `Accept` checked.
    package var checksAccept: Bool
    /// Whether `X-WSO2-Tenant` chooses the tenant: in the developer portal, whose catalogue others may read.
    package var selectsTenant: Bool

    init(operation: JSONValue, contract: Contract) throws(SchemaError) {
        var parameters: [Parameter] = []
        for parameter in operation["parameters"]?.array ?? [] {
            if let parameter = Self.parameter(contract.resolve(parameter), contract) { parameters.append(parameter) }
        }
        let body = contract.resolve(operation["requestBody"] ?? .null)
        self.parameters = parameters
        media = try Self.media(body["content"], contract)
        isBodyRequired = body["required"]?.bool ?? false
        var answers: [String: [Media]] = [:]
        for (status, answer) in operation["responses"]?.object ?? JSONObject() {
            answers[status] = try Self.media(contract.resolve(answer)["content"], contract)
        }
        self.answers = answers
        checksAccept = answers["406"] != nil
        selectsTenant =
            contract.name.hasPrefix("devportal")
            && parameters.contains { $0.name == "X-WSO2-Tenant" && $0.place == .header }
    }

    /// Media types of the answers with a 2xx status; empty if the contract does not say.
    package var answerTypes: [String] {
        answers.filter { $0.key.hasPrefix("2") }.sorted { $0.key < $1.key }.flatMap { $0.value.map(\.type) }
    }

    private static func parameter(_ json: JSONValue, _ contract: Contract) -> Parameter? {
        guard let name = json["name"]?.string, let place = json["in"]?.string.flatMap(Parameter.Place.init) else { return nil }
        let schema = contract.resolve(json["schema"] ?? .null)
        return Parameter(
            name: name, place: place, isRequired: place == .path || json["required"]?.bool ?? false,
            isCommaSeparated: json["explode"]?.bool == false || json["style"]?.string == "simple", schema: schema,
            pattern: schema["pattern"]?.string.flatMap { try? SchemaPattern($0) })
    }

    private static func media(_ content: JSONValue?, _ contract: Contract) throws(SchemaError) -> [Media] {
        var media: [Media] = []
        for (type, value) in content?.object ?? JSONObject() {
            let isForm = type.hasPrefix("multipart/") || type == "application/x-www-form-urlencoded"
            let schema = value["schema"]
            media.append(
                Media(
                    type: type.lowercased(),
                    schema: isForm ? nil : try schema.map { json throws(SchemaError) in try contract.schema(json) },
                    fields: isForm ? try FormField.fields(of: contract.resolve(schema ?? .null), contract) : []))
        }
        return media
    }
}
