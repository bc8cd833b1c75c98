import Documents

/// Makes tokens in compact form with RS256.
public struct JWTSigner: Sendable {
    public let key: SigningKey

    public init(key: SigningKey) { self.key = key }

    /// Signs `claims` under a header with the given members; `alg` is set here.
    public func sign(header: JSONValue, claims: JSONValue) throws -> String {
        var header = header
        header["alg"] = .string(JWTAlgorithm.rs256.rawValue)
        let input = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
        return input + "." + Base64URL.encode(try key.signature(of: Array(input.utf8)))
    }

    /// Signs with the header of access tokens: `x5t`, `kid`, `typ`, `alg`.
    public func sign(claims: JSONValue, type: String = "at+jwt") throws -> String {
        let header: JSONValue = [
            "x5t": .string(key.certificate.thumbprint.hexadecimalForm), "kid": .string(key.keyID), "typ": .string(type),
        ]
        return try sign(header: header, claims: claims)
    }
}
