import ContractRouter
import Documents
import Identity

/// A user as a SCIM resource (RFC 7643 §4.1), and back.
enum SCIMUserResource {
    private static let schema = "urn:ietf:params:scim:schemas:core:2.0:User"
    /// Members that are no attributes of the client's: they have columns, or the server makes them.
    private static let ownMembers = ["id", "schemas", "meta", "username", "password", "active", "roles", "groups"]

    static func json(_ details: UserDetails, for request: APIRequest) -> JSONValue {
        let user = details.user
        let extensions = user.attributes.names.filter { $0.hasPrefix("urn:") }
        var json: JSONValue = [
            "schemas": JSONValue([schema] + extensions), "id": .string(user.id), "userName": .string(user.qualifiedName),
            "active": JSONValue(!user.isLocked),
            "meta": SCIMAnswer.meta(
                "User", location: request.location("/scim2/Users/\(user.id)"), created: user.createdMilliseconds,
                modified: user.modifiedMilliseconds),
        ]
        for (name, value) in user.attributes { json[name] = value }
        json["roles"] = .array(details.roles.map { reference($0, "/scim2/v2/Roles", request) })
        json["groups"] = .array(details.groups.map { reference($0, "/scim2/Groups", request) })
        return json
    }

    private static func reference(_ role: Role, _ path: String, _ request: APIRequest) -> JSONValue {
        [
            "value": .string(role.id), "display": .string(role.name),
            "$ref": .string(request.location("\(path)/\(role.id)")),
        ]
    }

    /// What a client's resource asks for. Members that only the server sets are ignored (RFC 7644 §3.5.1).
    static func draft(_ resource: JSONValue) throws -> UserDraft {
        guard let username = resource.member("userName")?.value.string else {
            throw SCIMError.invalidValue("userName is missing")
        }
        let password = resource.member("password")?.value
        guard password == nil || password?.isNull == true || password?.string != nil else {
            throw SCIMError.invalidValue("password must be a string")
        }
        let members = (resource.object ?? JSONObject()).filter { name, value in
            !ownMembers.contains(name.lowercased()) && !value.isNull
        }
        return UserDraft(
            username: username, password: password?.string, isLocked: resource.member("active")?.value.bool == false,
            attributes: JSONObject(members.map { ($0.name, $0.value) }))
    }
}
