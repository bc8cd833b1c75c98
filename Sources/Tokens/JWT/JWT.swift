import Documents

/// A signed token in compact form (RFC 7519), taken apart. Nothing in it may be trusted before a ``JWTVerifier`` has accepted it.
public struct JWT: Sendable {
    /// The JOSE header.
    public let header: JSONValue
    /// The payload, an object.
    public let claims: JSONValue
    let signingInput: [UInt8]
    let signature: [UInt8]

    /// Longest accepted token in bytes; longer ones do not fit into a request's head anyway.
    public static let maximumByteCount = 32_768

    /// Takes a token apart; throws ``JWTError/malformed``.
    public init(compact token: some Collection<UInt8>) throws(JWTError) {
        guard token.count <= Self.maximumByteCount else { throw .malformed }
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]) else { throw .malformed }
        self.signature = signature
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
        guard header["crit"] == nil else { throw .malformed }
        signingInput = Array(token.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// Takes a token apart; throws ``JWTError/malformed``.
    public init(compact token: String) throws(JWTError) { try self.init(compact: Array(token.utf8)) }

    private static func object(_ part: some Collection<UInt8>) throws(JWTError) -> JSONValue {
        let limits = JSONLimits(depth: 32, size: maximumByteCount)
        guard let bytes = Base64URL.decode(part), let json = try? JSONValue.parse(bytes, limits: limits), json.object != nil
        else { throw .malformed }
        return json
    }

    /// The header's `kid`.
    public var keyID: String? { header["kid"]?.string }
    /// The claim `iss`.
    public var issuer: String? { self["iss"] }
    /// The claim `sub`.
    public var subject: String? { self["sub"] }
    /// The claim `jti`.
    public var tokenID: String? { self["jti"] }

    /// A claim that is a string.
    public subscript(_ claim: String) -> String? { claims[claim]?.string }

    /// A member of a claim that is an object.
    public subscript(_ claim: String, _ member: String) -> String? { claims[claim]?[member]?.string }

    /// Whether a claim is present, whatever its type.
    public func has(_ claim: String) -> Bool { claims[claim] != nil }

    /// The string members of a name in a claim that is an array of objects.
    public func members(_ claim: String, _ member: String) -> [String] {
        claims[claim]?.array?.compactMap { $0[member]?.string } ?? []
    }

    /// A claim that is a string or an array of strings, such as `aud`; empty if it is neither.
    public func strings(_ claim: String) -> [String] {
        guard let value = claims[claim] else { return [] }
        return value.strings ?? value.string.map { [$0] } ?? []
    }

    /// A claim as texts to be matched: those of an array, else its own; numbers and truth values as JSON writes them.
    public func texts(_ claim: String) -> [String] {
        guard let value = claims[claim] else { return [] }
        return (value.array ?? [value]).map { $0.string ?? $0.text }
    }

    /// The scopes in a claim: an array, or text separated by blanks (RFC 8693 §4.2).
    public func scopes(_ claim: String) -> [String] { strings(claim).flatMap { $0.split(separator: " ").map(String.init) } }

    /// A claim that is a time in seconds since 1970, as milliseconds; `nil` if absent or out of range.
    public func milliseconds(_ claim: String) -> Int64? {
        guard let seconds = claims[claim]?.double, abs(seconds) < 9e12 else { return nil }
        return Int64(seconds * 1000)
    }

    /// Checks `exp` and `nbf` (RFC 7519 §4.1.4, §4.1.5) with a tolerance for clocks that differ. A claim of the wrong type is
    /// malformed, not absent.
    public func checkTime(nowMilliseconds: Int64, toleranceMilliseconds: Int64) throws(JWTError) {
        if claims["exp"] != nil {
            guard let end = milliseconds("exp") else { throw .malformed }
            guard nowMilliseconds < end + toleranceMilliseconds else { throw .expired }
        }
        if claims["nbf"] != nil {
            guard let start = milliseconds("nbf") else { throw .malformed }
            guard nowMilliseconds + toleranceMilliseconds >= start else { throw .notYetValid }
        }
    }
}

extension JWT {
    /// Whether the header says that this is an access token (RFC 9068 §2.1).
    public var isAccessToken: Bool {
        ["at+jwt", "application/at+jwt"].contains(header["typ"]?.string?.lowercased() ?? "")
    }
}
