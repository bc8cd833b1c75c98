import Documents
import Tokens

/// Tokens are taken apart, read and verified with a key whose private half is gone: only the one token that it signed before is genuine.
enum TokenTarget {
    /// The first byte says what follows: 0 a token, otherwise its header and its claims, a line each, which are put together without a
    /// signature that fits.
    static func run(_ input: [UInt8]) throws(FuzzFinding) {
        guard let control = input.first else { return }
        if control == 0 {
            try take(Array(input.dropFirst()))
        } else {
            let lines = input.dropFirst().split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
            guard lines.count == 2 else { return }
            try take(Array("\(Base64URL.encode(lines[0])).\(Base64URL.encode(lines[1])).AAAA".utf8))
        }
    }

    private static func take(_ text: [UInt8]) throws(FuzzFinding) {
        if let token = try? JWT(compact: text) { read(token) }
        try FuzzFinding.require(!accepts(text) || isGenuine(text), "a token is accepted that nobody has signed")
    }

    /// Whether the token is taken for one of the key's owner.
    static func accepts(_ text: [UInt8]) -> Bool {
        guard let token = try? JWT(compact: text) else { return false }
        return (try? verifier.verify(token)) != nil
    }

    private static func isGenuine(_ text: [UInt8]) -> Bool {
        guard let signature = text.lastIndex(of: 0x2E) else { return false }
        return text[..<signature].elementsEqual(genuine.utf8)
    }

    /// Reads the claims in all the ways in which the platform does.
    private static func read(_ token: JWT) {
        _ = (token.keyID, token.issuer, token.subject, token.tokenID, token.isAccessToken)
        for claim in ["aud", "scope", "sub", "azp", "exp", "nbf", "iat", "x"] {
            _ = (token[claim], token[claim, "x"], token.has(claim), token.members(claim, "x"), token.strings(claim))
            _ = (token.texts(claim), token.scopes(claim), token.milliseconds(claim))
        }
        try? token.checkTime(nowMilliseconds: 1_700_000_000_000, toleranceMilliseconds: 60_000)
    }

    private static let verifier = JWTVerifier(keys: keys)

    private static let keys: JSONWebKeySet = {
        let text = #"{"keys":[{"kty":"RSA","kid":"fuzz","e":"AQAB","n":""# + modulus + #""}]}"#
        return (try? JSONWebKeySet(text: text)) ?? JSONWebKeySet(keys: [])
    }()

    private static let modulus =
        "kZI5N9u9LF5GH3w_PC8-xjr5w96yL_SqiqVsNn7fQpYDoywflMxbj6MfGqWm6Ef_4IQXiAursahcjsMV8aDNUW-SWAl62byU6h7_"
        + "aopxSpNdT4fTH01TcG8e9aeZsUzB4AiG0-1m5uy-7Ds8Z60M8jYYP7lzfO0avllVzxdUWMtKL3LRJx4-"
        + "i5RNqIWOKXx16mEYGcyg6CAmeVZO3YwIhvwlgbfolwxSgjvU4uvykogmEM_6cKwjn-"
        + "7EC5m9r4fi7IiB9b459UIJ7Q4j1ZEmcRm4UNf_Fo6Cw9NT5myW6XKi0tVF7ydeC5QoBDzdmLBanWR6gfXlB7tNAm6oHbndAQ"

    /// Header and claims of the token that was signed; the corpus has it with its signature.
    private static let genuine =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImZ1enoiLCJ0eXAiOiJhdCtqd3QifQ.eyJzdWIiOiJhZG1pbkBjYXJib24uc3VwZXIiLCJhd"
        + "XQiOiJBUFBMSUNBVElPTiIsImF6cCI6ImNsaWVudCIsImlzcyI6Imh0dHBzOi8vbG9jYWxob3N0Ojk0NDMvb2F1dGgyL3Rva2VuI"
        + "iwibmJmIjoxNzAwMDAwMDAwLCJpYXQiOjE3MDAwMDAwMDAsImp0aSI6IjRmMmEiLCJhdWQiOlsiY2xpZW50Il0sInNjb3BlIjoiZ"
        + "GVmYXVsdCBvcGVuaWQifQ"
}
