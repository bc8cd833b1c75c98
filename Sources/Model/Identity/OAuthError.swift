/// An answer of the OAuth2 endpoints that refuses: `{"error","error_description"}` (RFC 6749 §5.2).
public struct OAuthError: Error, Sendable, Hashable {
    public var status: Int
    public var error: String
    public var description: String

    public init(status: Int, error: String, description: String) {
        self.status = status
        self.error = error
        self.description = description
    }
}
