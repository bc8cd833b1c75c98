import Documents

/// What the platform sends to a registration endpoint (RFC 7591 §2), in the dialect of each type.
struct ClientMetadata {
    let type: KeyManagerType

    func json(_ draft: ExternalClientDraft) -> JSONValue {
        var json: JSONValue = [
            "client_name": .string(draft.name), "grant_types": JSONValue(draft.grantTypes),
            "redirect_uris": JSONValue(draft.redirectURIs),
        ]
        switch type.name {
        case KeyManagerType.identityServer.name: addIdentityServerMembers(draft, to: &json)
        case KeyManagerType.identityServer7.name, KeyManagerType.asgardeo.name:
            json["ext_application_display_name"] = .string(draft.name)
            json["token_type_extension"] = "JWT"
            addProperties(draft, to: &json)
        default: addProperties(draft, to: &json)
        }
        return json
    }

    /// Properties that the type knows, unless they are left to the server.
    private func addProperties(_ draft: ExternalClientDraft, to json: inout JSONValue) {
        for field in type.applicationFields {
            guard let value = draft.properties[field.name], let sent = Self.sent(value) else { continue }
            json[field.name] = field.allowsSeveral && value.array == nil ? [value] : sent
        }
    }

    private func addIdentityServerMembers(_ draft: ExternalClientDraft, to json: inout JSONValue) {
        json["ext_application_owner"] = .string(draft.owner)
        json["application_display_name"] = .string(draft.name)
        json["token_type_extension"] = "JWT"
        let names = [
            "application_access_token_expiry_time": "ext_application_token_lifetime",
            "user_access_token_expiry_time": "ext_user_token_lifetime",
            "refresh_token_expiry_time": "ext_refresh_token_lifetime", "id_token_expiry_time": "ext_id_token_lifetime",
        ]
        for field in type.applicationFields {
            guard let value = draft.properties[field.name].flatMap(Self.sent) else { continue }
            json[names[field.name] ?? field.name] = value
        }
    }

    /// `nil` for what means "as the server likes"; numbers and truth values in quotes become what they say.
    private static func sent(_ value: JSONValue) -> JSONValue? {
        guard let text = value.string else { return value.isNull ? nil : value }
        switch text {
        case "", "N/A": return nil
        case "true": return true
        case "false": return false
        default: return Int(text).map { JSONValue($0) } ?? value
        }
    }
}
