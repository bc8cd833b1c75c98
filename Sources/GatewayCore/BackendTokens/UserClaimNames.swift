import Documents
import Model

/// The names under which backends get what the user store says of a user.
struct UserClaimNames {
    /// What stands before each name; `nil` for the names of OpenID Connect, which stand alone.
    private let prefix: String?

    init(_ settings: UserClaimSettings, dialect: String) {
        if settings.convertsDialect {
            prefix = dialect == Self.openIDDialect ? nil : dialect + "/"
        } else {
            prefix = UserClaims.dialect + "/"
        }
    }

    /// All claims under their names: texts, and the roles as a list.
    func named(_ claims: UserClaims) -> [(name: String, value: JSONValue)] {
        var named = claims.texts.sorted { $0.key < $1.key }.map { (name($0.key), JSONValue($0.value)) }
        if !claims.roles.isEmpty { named.append((name("role"), JSONValue(claims.roles))) }
        return named
    }

    private func name(_ local: String) -> String { prefix.map { $0 + local } ?? Self.openIDNames[local] ?? local }

    private static let openIDDialect = "http://wso2.org/oidc/claim"

    /// OpenID Connect Core §5.1.
    private static let openIDNames = [
        "username": "preferred_username", "givenname": "given_name", "lastname": "family_name", "fullname": "name",
        "emailaddress": "email", "telephone": "phone_number", "streetaddress": "street_address", "postalcode": "postal_code",
        "role": "groups",
    ]
}
