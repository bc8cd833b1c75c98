/// Which tokens belong to a key manager, besides having its issuer.
public struct GatewayTokenRule: Sendable, Hashable, Codable {
    /// A pattern in the syntax of ECMA-262 for the whole token; `nil` for none.
    public var pattern: String?
    /// Patterns by claim, all of which must match.
    public var claims: [String: String]

    public init(pattern: String?, claims: [String: String]) {
        self.pattern = pattern
        self.claims = claims
    }
}
