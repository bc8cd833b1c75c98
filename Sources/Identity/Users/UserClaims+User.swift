import Documents
import Model

extension UserClaims {
    /// The claims that a user's attributes (RFC 7643 §4.1) and roles amount to; what the user does not have is left out.
    public init(_ user: User, roles: Set<String>) {
        let attributes = user.attributes
        let name = attributes["name"]
        let enterprise = attributes["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
        let address = attributes["addresses"]?[0]
        let phones = attributes["phoneNumbers"]
        let values: [(String, String?)] = [
            ("userid", user.id), ("username", user.qualifiedName), ("givenname", name?["givenName"]?.string),
            ("lastname", name?["familyName"]?.string), ("fullname", name?["formatted"]?.string),
            ("displayName", attributes["displayName"]?.string), ("title", attributes["title"]?.string),
            ("emailaddress", Self.chosen(attributes["emails"])),
            ("telephone", Self.chosen(phones) { $0["type"]?.string != "mobile" }),
            ("mobile", Self.chosen(phones) { $0["type"]?.string == "mobile" }),
            ("organization", enterprise?["organization"]?.string), ("department", enterprise?["department"]?.string),
            ("streetaddress", address?["streetAddress"]?.string), ("locality", address?["locality"]?.string),
            ("region", address?["region"]?.string), ("postalcode", address?["postalCode"]?.string),
            ("country", address?["country"]?.string),
        ]
        self.init(
            texts: values.reduce(into: [:]) { texts, value in
                if let text = value.1, !text.isEmpty { texts[value.0] = text }
            }, roles: roles.sorted())
    }

    /// The primary or first value of a multi-valued attribute (RFC 7643 §2.4), whose elements may be bare strings.
    private static func chosen(_ values: JSONValue?, where isMeant: (JSONValue) -> Bool = { _ in true }) -> String? {
        let meant = (values?.array ?? []).filter(isMeant)
        let chosen = meant.first { $0["primary"]?.bool == true } ?? meant.first
        return chosen?["value"]?.string ?? chosen?.string
    }
}
