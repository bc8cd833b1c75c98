import ContractRouter
import Documents
import Identity

/// Whether `/scim2/v2/Roles` or `/scim2/Groups` is meant; they differ in names only.
enum SCIMRoleKind: Sendable {
    case role, group

    var path: String { self == .role ? "/scim2/v2/Roles" : "/scim2/Groups" }
    var schema: String {
        self == .role
            ? "urn:ietf:params:scim:schemas:extension:2.0:Role" : "urn:ietf:params:scim:schemas:core:2.0:Group"
    }
    /// Name of the member that lists the users.
    var members: String { self == .role ? "users" : "members" }
    /// What stands in scopes such as `internal_role_mgt_view`.
    var scopePrefix: String { self == .role ? "internal_role_mgt" : "internal_group_mgt" }
    var resourceType: String { self == .role ? "Role" : "Group" }
}

/// A role or group as a SCIM resource, and back.
struct SCIMRoleResource {
    let kind: SCIMRoleKind

    func json(_ details: RoleDetails, for request: APIRequest) -> JSONValue {
        let role = details.role
        var json: JSONValue = [
            "schemas": [.string(kind.schema)], "id": .string(role.id), "displayName": .string(role.name),
            "meta": SCIMAnswer.meta(
                kind.resourceType, location: request.location("\(kind.path)/\(role.id)"),
                created: role.createdMilliseconds, modified: role.modifiedMilliseconds),
        ]
        if kind == .role { json["permissions"] = .array(role.permissions.map { ["value": .string($0)] }) }
        json[kind.members] = .array(
            details.members.map { user in
                [
                    "value": .string(user.id), "display": .string(user.qualifiedName),
                    "$ref": .string(request.location("/scim2/Users/\(user.id)")),
                ]
            })
        if kind == .role { json["groups"] = [] }
        return json
    }

    func draft(_ resource: JSONValue) throws -> RoleDraft {
        guard let name = resource.member("displayName")?.value.string else {
            throw SCIMError.invalidValue("displayName is missing")
        }
        if kind == .role, let groups = resource.member("groups")?.value, groups != .null, groups != [] {
            throw SCIMError.invalidValue("groups cannot have roles; give the role to users")
        }
        return RoleDraft(
            name: name, permissions: kind == .role ? try values("permissions", of: resource) : [],
            memberIDs: try values(kind.members, of: resource))
    }

    /// The values of a list whose elements are `{"value":…}` or bare texts.
    private func values(_ member: String, of resource: JSONValue) throws -> [String] {
        guard let list = resource.member(member)?.value, !list.isNull else { return [] }
        return try (list.array ?? [list]).map { element in
            guard let value = element["value"]?.string ?? element.string else {
                throw SCIMError.invalidValue("\(member) must be a list of objects with value")
            }
            return value
        }
    }

    /// Whether a filter finds the role: by its name, or without the prefix `Internal/`.
    static func isFound(_ json: JSONValue, by filter: SCIMFilter?) -> Bool {
        guard let filter else { return true }
        if filter.matches(json) { return true }
        guard let name = json["displayName"]?.string, name.hasPrefix("Internal/") else { return false }
        var bare = json
        bare["displayName"] = .string(String(name.dropFirst("Internal/".count)))
        return filter.matches(bare)
    }
}
