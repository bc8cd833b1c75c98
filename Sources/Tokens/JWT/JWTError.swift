/// Why a token was not accepted.
public enum JWTError: Error, Sendable, Hashable {
    /// Not three base64url parts with JSON objects in the first two, too long, or critical headers that nobody here knows.
    case malformed
    /// `none`, HMAC, or anything else that ``JWTAlgorithm`` does not list.
    case unsupportedAlgorithm
    /// No key of the set has the token's `kid`, or none fits its algorithm.
    case unknownKey
    case invalidSignature
    /// `exp` has passed.
    case expired
    /// `nbf` lies in the future.
    case notYetValid
}
