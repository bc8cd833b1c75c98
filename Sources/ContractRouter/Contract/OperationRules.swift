import Documents

/// What a contract demands of the requests of one operation, with references resolved.
struct OperationRules: Sendable {
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header, cookie }

        var name: String
        var place: Place
        var isRequired: Bool
        /// Values are separated by commas rather than repeated.
        var isCommaSeparated: Bool
        var schema: JSONValue
    }

    struct Media: Sendable {
        /// Lower-case media type or `*/*`.
        var type: String
        var schema: JSONValue
    }

    var parameters: [Parameter]
    var media: [Media]
    var isBodyRequired: Bool
    /// Media types of the answers with a 2xx status; empty if the contract does not say.
    var answerTypes: [String]
    /// Whether the contract answers 406, and so wants `Accept` checked.
    var checksAccept: Bool
    var selectsTenant: Bool

    init(operation: JSONValue, contract: Contract) {
        parameters = (operation["parameters"]?.array ?? []).compactMap { Self.parameter(contract.resolve($0), contract) }
        let body = contract.resolve(operation["requestBody"] ?? .null)
        media = (body["content"]?.object ?? JSONObject()).map { type, value in
            Media(type: type.lowercased(), schema: value["schema"] ?? .null)
        }
        isBodyRequired = body["required"]?.bool ?? false
        var types: [String] = []
        for (status, answer) in operation["responses"]?.object ?? JSONObject() where status.hasPrefix("2") {
            types += (contract.resolve(answer)["content"]?.object ?? JSONObject()).map { $0.name.lowercased() }
        }
        answerTypes = types
        checksAccept = operation["responses"]?["406"] != nil
        selectsTenant =
            contract.name.hasPrefix("devportal") && parameters.contains { $0.name == "X-WSO2-Tenant" && $0.place == .header }
    }

    private static func parameter(_ json: JSONValue, _ contract: Contract) -> Parameter? {
        guard let name = json["name"]?.string, let place = json["in"]?.string.flatMap(Parameter.Place.init) else { return nil }
        return Parameter(
            name: name, place: place, isRequired: place == .path || json["required"]?.bool ?? false,
            isCommaSeparated: json["explode"]?.bool == false || json["style"]?.string == "simple",
            schema: contract.resolve(json["schema"] ?? .null))
    }
}
