import Documents
import Model
import Storage

/// What of an API is searched beside its columns, in the table `api_attribute`.
enum APIAttributes {
    enum Kind: String {
        case tag, property, category, endpoint
        /// The value `true` of APIs that are only advertised here.
        case thirdParty = "third-party"
        /// A role that sees the API in developer portals.
        case role
        /// A role that sees the API in the publisher.
        case accessRole = "access-role"
    }

    /// Replaces the rows of `api`.
    static func replace(of api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            "DELETE FROM api_attribute WHERE api_id = ? AND tenant_id = ?", [SQLValue(api.id), SQLValue(api.tenantID)])
        for (kind, name, value) in attributes(of: api) {
            try change.execute(
                "INSERT INTO api_attribute (api_id, tenant_id, kind, name, value) VALUES (?, ?, ?, ?, ?)",
                [SQLValue(api.id), SQLValue(api.tenantID), SQLValue(kind.rawValue), SQLValue(name), SQLValue(value)])
        }
    }

    private static func attributes(of api: APIRecord) -> [(Kind, name: String, value: String)] {
        let properties = api.document["additionalProperties"]?.array ?? []
        return api.tags.map { (.tag, "", $0) }
            + properties.map { (.property, $0["name"]?.string ?? "", $0["value"]?.string ?? "") }
            + api.document.strings("categories").map { (.category, "", $0) }
            + Endpoints.urls(in: api.endpointConfig).map { (.endpoint, "", $0) }
            + (api.isThirdParty ? [(.thirdParty, "", "true")] : [])
            + api.document.strings("visibleRoles").map { (.role, "", $0) }
            + api.document.strings("accessControlRoles").map { (.accessRole, "", $0) }
    }
}
