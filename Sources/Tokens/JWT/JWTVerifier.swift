import Documents

/// Checks signatures with the keys of one issuer. Keys are prepared once, so keep the verifier.
public struct JWTVerifier: Sendable {
    private let keys: [VerificationKey]

    /// Prepares the keys of a set. Keys that cannot be used, such as RSA below 2048 bits, are left out.
    public init(keys: JSONWebKeySet) { self.keys = keys.keys.compactMap(VerificationKey.init) }

    /// Takes a token apart and checks its signature and, with `nowMilliseconds`, its time.
    public func verify(
        _ token: String, nowMilliseconds: Int64? = nil, toleranceMilliseconds: Int64 = 0
    ) throws(JWTError) -> JWT {
        let jwt = try JWT(compact: token)
        try verify(jwt)
        if let nowMilliseconds {
            try jwt.checkTime(nowMilliseconds: nowMilliseconds, toleranceMilliseconds: toleranceMilliseconds)
        }
        return jwt
    }

    /// Checks the signature of a token. With a `kid` only the key of that name counts, and keys without name, which come from plain
    /// certificates; without one any key that fits.
    public func verify(_ jwt: JWT) throws(JWTError) {
        guard let algorithm = jwt.header["alg"]?.string.flatMap(JWTAlgorithm.init) else { throw .unsupportedAlgorithm }
        let keyID = jwt.keyID
        let candidates = keys.filter { $0.accepts(algorithm) && (keyID == nil || $0.keyID == nil || $0.keyID == keyID) }
        guard !candidates.isEmpty else { throw .unknownKey }
        guard candidates.contains(where: { $0.isValid(jwt.signature, of: jwt.signingInput, algorithm) }) else {
            throw .invalidSignature
        }
    }
}
