import Documents
import Foundation
import Model
import Tokens

/// The issuer of the run: a signing key, its public half as a key set, and tokens of many users of one application.
struct BenchKeys {
    static let issuer = "https://localhost:9443/oauth2/token"
    static let consumerKey = "bench-client"

    var tokens: Int

    /// Makes the key and writes `tokens.txt` and `jwks.json`. Apart from serving, because it is slow under an instrumented run.
    func write(directory: String) throws {
        let now = TimeSource.system.milliseconds
        let signer = JWTSigner(key: try SigningKey.generate(commonName: "bench", nowMilliseconds: now))
        let lines = try (0..<tokens).map { try signer.sign(claims: claims(number: $0, now: now / 1000)) }
        try lines.joined(separator: "\n").write(toFile: directory + "/tokens.txt", atomically: true, encoding: .utf8)
        let keySet = JSONWebKeySet(keys: [try signer.key.jsonWebKey]).text
        try keySet.write(toFile: directory + "/jwks.json", atomically: true, encoding: .utf8)
    }

    private func claims(number: Int, now: Int64) -> JSONValue {
        [
            "sub": .string("user-\(number)"), "aut": "APPLICATION", "azp": .string(Self.consumerKey),
            "iss": .string(Self.issuer),
            "exp": .init(now + 86_400), "nbf": .init(now), "iat": .init(now), "jti": .string(UUID().uuidString),
            "aud": .string(Self.consumerKey), "scope": "default", "binding_type": "client_id",
        ]
    }
}
