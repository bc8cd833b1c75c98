import Documents
import Model

/// The JSON column of an application: what SQL neither searches nor orders nor constrains.
struct ApplicationDocument {
    var attributes: [String: String]
    var groups: [String]
    var visibility: String
    var quotaResets: [String: Int]

    init(_ application: Application) {
        attributes = application.attributes
        groups = application.groups
        visibility = application.visibility
        quotaResets = application.quotaResets
    }

    init(stored text: String) throws {
        let json = try JSONValue.parse(text)
        attributes = json["attributes"]?.object?.stringMembers ?? [:]
        groups = json["groups"]?.strings ?? []
        visibility = json["visibility"]?.string ?? "PRIVATE"
        quotaResets = json["quotaResets"]?.object?.reduce(into: [:]) { $0[$1.name] = $1.value.int } ?? [:]
    }

    var text: String {
        var json: JSONValue = [
            "attributes": .object(JSONObject(strings: attributes)), "groups": JSONValue(groups),
            "visibility": JSONValue(visibility),
        ]
        if !quotaResets.isEmpty {
            let sorted = quotaResets.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }
            json["quotaResets"] = .object(JSONObject(sorted))
        }
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
