import Crypto

/// The digest of a certificate's DER form, in the forms that tokens carry it.
public struct CertificateThumbprint: Sendable, Hashable {
    /// SHA-256 of the DER form.
    public let sha256: [UInt8]
    /// SHA-1 of the DER form, only for the header `x5t` of backend tokens.
    public let sha1: [UInt8]

    public init(der: [UInt8]) {
        sha256 = Array(SHA256.hash(data: der))
        sha1 = Array(Insecure.SHA1.hash(data: der))
    }

    /// Base64url of the lower-case hexadecimal *text* of the SHA-256 digest: `x5t` and the front of `kid` in access tokens.
    public var hexadecimalForm: String { Base64URL.encode(Self.hexadecimal(sha256)) }
    /// Base64url of the digest's bytes, the `x5t#S256` of RFC 7515 §4.1.8 and of `cnf` (RFC 8705 §3.1).
    public var standardForm: String { Base64URL.encode(sha256) }
    /// As ``hexadecimalForm``, with SHA-1.
    public var hexadecimalFormSHA1: String { Base64URL.encode(Self.hexadecimal(sha1)) }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
