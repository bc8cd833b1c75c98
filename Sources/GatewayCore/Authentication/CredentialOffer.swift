/// The credentials that a request brings, and where they lie.
struct CredentialOffer {
    /// An OAuth2 token, without scheme.
    private(set) var token: UnsafeRawBufferPointer?
    /// Base64 of a name and password.
    private(set) var password: UnsafeRawBufferPointer?
    private(set) var apiKey: UnsafeRawBufferPointer?
    /// The query parameter with the API key; empty for none.
    private(set) var removedQuery = ByteSpan.empty
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

    /// The parameter `apikey`. Keys are made of characters that need no escape, so an escaped one is none of ours.
    private mutating func findInQuery(_ head: RequestHead) {
        let query = head.bytes(head.query)
        var start = 0
        while start < query.count {
            let end = query[start...].firstIndex(of: 0x26) ?? query.count
            if end - start >= 7,
                Bytes.equalIgnoringCase(UnsafeRawBufferPointer(rebasing: query[start..<(start + 7)]), "apikey=")
            {
                removedQuery = ByteSpan(start: Int(head.query.start) + start, count: end - start)
                if apiKey == nil, end - start > 7 { apiKey = UnsafeRawBufferPointer(rebasing: query[(start + 7)..<end]) }
                return
            }
            start = end + 1
        }
    }

    func removedFields(passesAuthorization: Bool) -> UInt64 { (passesAuthorization ? 0 : tokenBits) | apiKeyBits }
}
