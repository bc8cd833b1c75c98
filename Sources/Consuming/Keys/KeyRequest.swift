import Documents
import Model

/// What a user asks of an application's client: of a new one, or as a change.
public struct KeyRequest: Sendable {
    public var keyType: KeyType
    /// Name of the key manager.
    public var keyManager: String
    public var grantTypes: [String]
    /// One address, or several with commas between; may be empty.
    public var callback: String
    public var attributes: OAuthClientAttributes
    /// As they came, for key managers of others.
    public var properties: JSONObject
    /// Scopes of the first token.
    public var scopes: [String]
    /// Seconds that the first token lives; `nil` takes the client's own, negative never expires.
    public var validitySeconds: Int?

    public init(
        keyType: KeyType, keyManager: String, grantTypes: [String], callback: String = "",
        attributes: OAuthClientAttributes = OAuthClientAttributes(), properties: JSONObject = JSONObject(),
        scopes: [String] = [], validitySeconds: Int? = nil
    ) {
        self.keyType = keyType
        self.keyManager = keyManager
        self.grantTypes = grantTypes
        self.callback = callback
        self.attributes = attributes
        self.properties = properties
        self.scopes = scopes
        self.validitySeconds = validitySeconds
    }

    /// Throws a 400 that names the rule.
    func check() throws {
        for grant in grantTypes where grant.isEmpty || grant.contains(where: \.isWhitespace) {
            throw CatalogueError.badRequest("grant types must not be empty or contain blanks")
        }
        let needsCallback = grantTypes.contains("authorization_code") || grantTypes.contains("implicit")
        if needsCallback, callback.allSatisfy(\.isWhitespace) { throw CatalogueError.callbackIsMissing }
    }
}

/// The callback of a client: users write several addresses with commas, clients keep them as one pattern.
enum Callback {
    static func pattern(_ text: String) -> String {
        let addresses = text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
        return addresses.count > 1 ? "regexp=(\(addresses.joined(separator: "|")))" : addresses.first ?? ""
    }

    static func text(_ pattern: String) -> String {
        guard pattern.hasPrefix("regexp=("), pattern.hasSuffix(")") else { return pattern }
        return pattern.dropFirst("regexp=(".count).dropLast().split(separator: "|").joined(separator: ",")
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
