/// The credentials that a request brings, and where they lie.
struct CredentialOffer {
    /// An OAuth2 token, without scheme.
    private(set) var token: UnsafeRawBufferPointer?
    /// Base64 of a name and password.
    private(set) var password: UnsafeRawBufferPointer?
    private(set) var apiKey: UnsafeRawBufferPointer?
    /// Whether the query has parameters with API keys.
    private(set) var hasKeyParameters = false
    private var tokenBits: UInt64 = 0
    private var apiKeyBits: UInt64 = 0

    @inline(__always)
    init(_ rules: SecurityRules, _ fields: RequestFields, _ head: RequestHead, _ exchange: Exchange) {
        if rules.acceptsOAuth2 || rules.acceptsBasic { findToken(rules, fields, head) }
        if rules.acceptsAPIKey { findAPIKey(rules, fields, head) }
    }

    @inline(__always)
    private mutating func findToken(_ rules: SecurityRules, _ fields: RequestFields, _ head: RequestHead) {
        var index = fields.authorization
        tokenBits = fields.authorizationBits
        if let name = rules.authorizationHeader {
            let found = RequestFields.find(name, head)
            index = found?.index ?? -1
            tokenBits = found?.bits ?? 0
        }
        guard index >= 0 else { return }
        let value = RequestFields.value(index, head)
        if rules.acceptsOAuth2 { token = Self.credential(value, "bearer") }
        if token == nil, rules.acceptsOAuth2, CombinedCredentials(value) != nil {
            // Taken apart when it is checked.
            token = value
            return
        }
        if token == nil, rules.acceptsBasic { password = Self.credential(value, "basic") }
    }

    /// What follows the name of a scheme, given in lower case (RFC 9110 §11.4); `nil` for other schemes.
    @inline(__always)
    static func credential(
        _ value: UnsafeRawBufferPointer, _ scheme: StaticString
    ) -> UnsafeRawBufferPointer? {
        let count = scheme.utf8CodeUnitCount
        guard value.count > count + 1, value[count] == 0x20,
            Bytes.equalIgnoringCase(UnsafeRawBufferPointer(rebasing: value[..<count]), scheme)
        else { return nil }
        return Bytes.trimmed(UnsafeRawBufferPointer(rebasing: value[(count + 1)...]))
    }

    private mutating func findAPIKey(_ rules: SecurityRules, _ fields: RequestFields, _ head: RequestHead) {
        var index = fields.apiKey
        apiKeyBits = fields.apiKeyBits
        if let name = rules.apiKeyHeader {
            let found = RequestFields.find(name, head)
            index = found?.index ?? -1
            apiKeyBits = found?.bits ?? 0
        }
        let value = RequestFields.value(index, head)
        if !value.isEmpty { apiKey = value }
        if !head.query.isEmpty { findInQuery(head) }
    }

    /// A key in a field comes before one in the query.
    private mutating func findInQuery(_ head: RequestHead) {
        let found = KeyParameters.find(in: head.bytes(head.query))
        hasKeyParameters = found.isThere
        if apiKey == nil { apiKey = found.key }
    }

    func removedFields(passesAuthorization: Bool) -> UInt64 { (passesAuthorization ? 0 : tokenBits) | apiKeyBits }
}
