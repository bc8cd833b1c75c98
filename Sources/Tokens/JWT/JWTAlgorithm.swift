/// The signature algorithms that the platform accepts (RFC 7518 §3.1). `none` and the HMAC family are no members: a token must
/// not choose to be unsigned, nor to be checked with a public key as a shared secret (RFC 8725 §3.1, §3.2).
public enum JWTAlgorithm: String, Sendable, Hashable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
}
