import Crypto
import FoundationEssentials

/// A name and password as HTTP Basic sends them (RFC 7617).
struct PasswordCredential: Sendable {
    let name: String
    let password: String

    /// `nil` for what is no Base64 of UTF-8 with a name before the first colon.
    init?(_ encoded: [UInt8]) {
        guard let bytes = Data(base64Encoded: Data(encoded)), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":"), colon != text.startIndex, !text.utf8.contains(0)
        else { return nil }
        name = String(text[..<colon])
        password = String(text[text.index(after: colon)...])
    }
}

/// Names passwords without keeping them: the cache of a loop knows digests with a key that never leaves it.
struct PasswordDigest {
    private let key: SymmetricKey

    init(key bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    func digest(of credential: UnsafeRawBufferPointer) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: credential, using: key))
    }
}
