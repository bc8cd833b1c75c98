import Documents
import Model

/// Takes the secrets out of an API's document, so that they are sealed and never shown.
///
/// Secrets are the members of ``names`` anywhere below `endpointConfig` and `websubSubscriptionConfiguration`. The document keeps an
/// empty text in their place (the AWS secret key a mask), and a client that sends this back keeps what is stored.
enum APISecrets {
    static let names: Set<String> = [
        "password", "clientSecret", "apiKeyValue", "secretKey", "amznSecretKey", "proxyPassword", "secret",
    ]
    static let awsMask = "AWS_SECRET_KEY"
    private static let roots = ["endpointConfig", "websubSubscriptionConfiguration"]

    /// Returns `document` without secrets, and the secrets by the JSON pointer of their place.
    static func extract(
        from document: JSONObject, keeping stored: [String: String] = [:]
    ) -> (document: JSONObject, secrets: [String: String]) {
        var document = document
        var secrets: [String: String] = [:]
        for root in roots {
            guard let value = document[root] else { continue }
            document[root] = hide(value, at: "/" + root, stored, into: &secrets)
        }
        return (document, secrets)
    }

    private static func hide(
        _ value: JSONValue, at place: String, _ stored: [String: String], into secrets: inout [String: String]
    ) -> JSONValue {
        switch value {
        case .object(let members):
            let isSecured = members["secured"]?.bool ?? false
            return .object(
                JSONObject(
                    members.map { name, member in
                        let below = place + "/" + name
                        guard names.contains(name) || (isSecured && name == "value"), let text = member.string else {
                            return (name, hide(member, at: below, stored, into: &secrets))
                        }
                        return (name, JSONValue(conceal(text, name, at: below, stored, into: &secrets)))
                    }))
        case .array(let elements):
            return .array(
                elements.enumerated().map { hide($0.element, at: "\(place)/\($0.offset)", stored, into: &secrets) })
        default: return value
        }
    }

    private static func conceal(
        _ text: String, _ name: String, at place: String, _ stored: [String: String], into secrets: inout [String: String]
    ) -> String {
        let mask = name == "amznSecretKey" ? awsMask : ""
        let secret = text.isEmpty || text == mask ? stored[place] : text
        guard let secret else { return "" }
        secrets[place] = secret
        return mask
    }
}
