import Documents
import Model

/// The JSON column of an application: what SQL neither searches nor orders nor constrains.
struct ApplicationDocument {
    var attributes: [String: String]
    var groups: [String]
    var visibility: String

    init(_ application: Application) {
        attributes = application.attributes
        groups = application.groups
        visibility = application.visibility
    }

    init(stored text: String) throws {
        let json = try JSONValue.parse(text)
        attributes = json["attributes"]?.object?.stringMembers ?? [:]
        groups = json["groups"]?.strings ?? []
        visibility = json["visibility"]?.string ?? "PRIVATE"
    }

    var text: String {
        let json: JSONValue = [
            "attributes": .object(JSONObject(strings: attributes)), "groups": JSONValue(groups),
            "visibility": JSONValue(visibility),
        ]
        return String(decoding: json.serialized(), as: UTF8.self)
    }
}

extension JSONObject {
    /// The members that are strings.
    public var stringMembers: [String: String] {
        reduce(into: [:]) { members, member in members[member.name] = member.value.string }
    }

    /// An object of strings, its members in the order of their names.
    public init(strings: [String: String]) {
        self.init(strings.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })
    }
}
