import Tokens

/// A signing key that was made and not stored yet.
struct PreparedKey: Sendable {
    var value: SigningKey
}
