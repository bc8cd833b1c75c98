import Documents

/// A user's attributes as OpenID Connect claims (OpenID Connect Core §5.1, §5.4).
struct UserInfoClaims {
    var user: User
    var roles: Set<String>

    /// Claims by the scope that releases them, in the order in which the discovery document lists them.
    static let supported = [
        "sub", "preferred_username", "name", "given_name", "family_name", "email", "phone_number", "address", "groups",
    ]

    func released(by scopes: [String]) -> JSONValue {
        var claims: JSONValue = ["sub": .string(user.id)]
        if scopes.contains("profile") { addProfile(to: &claims) }
        if scopes.contains("email") { claims["email"] = first("emails") }
        if scopes.contains("phone") { claims["phone_number"] = first("phoneNumbers") }
        if scopes.contains("address") { claims["address"] = address }
        if scopes.contains("groups") { claims["groups"] = JSONValue(roles.sorted()) }
        return claims
    }

    private func addProfile(to claims: inout JSONValue) {
        claims["preferred_username"] = .string(user.qualifiedName)
        let name = user.attributes["name"]
        claims["name"] = name?["formatted"] ?? user.attributes["displayName"]
        claims["given_name"] = name?["givenName"]
        claims["family_name"] = name?["familyName"]
    }

    /// The primary or first value of a multi-valued SCIM attribute (RFC 7643 §2.4), whose elements may be bare strings.
    private func first(_ attribute: String) -> JSONValue? {
        let values = user.attributes[attribute]?.array ?? []
        let chosen = values.first { $0["primary"]?.bool == true } ?? values.first
        return chosen?["value"] ?? chosen?.string.map(JSONValue.string)
    }

    private var address: JSONValue? {
        guard let first = user.attributes["addresses"]?[0] else { return nil }
        var address: JSONValue = [:]
        for (scim, claim) in [
            ("formatted", "formatted"), ("streetAddress", "street_address"), ("locality", "locality"), ("region", "region"),
            ("postalCode", "postal_code"), ("country", "country"),
        ] { address[claim] = first[scim] }
        return address
    }
}
