import Documents
import Model
import Storage
import Tokens

/// Signs API keys and internal keys: JWTs that gateways check by themselves. They are recorded nowhere; whoever revokes one
/// publishes a `GatewayEntity.revocation` with its token id.
public struct APIKeyIssuer: Sendable {
    private let keyring: SigningKeyring
    private let settings: IdentitySettings
    private let random: RandomSource

    public init(keyring: SigningKeyring, settings: IdentitySettings, random: RandomSource = .system) {
        self.keyring = keyring
        self.settings = settings
        self.random = random
    }

    /// A key with which an application calls the APIs that it subscribes to.
    public func sign(
        _ key: APIKeyClaims, tenant: Tenant, nowMilliseconds: Int64, _ connection: any SQLConnection
    ) throws -> SignedKey {
        let expires = key.validitySeconds.map { nowMilliseconds + Int64($0) * 1000 }
        var claims = common(key.subject, key.keyType, tenant, nowMilliseconds, expires)
        claims["token_type"] = "apiKey"
        claims["application"] = ["id": JSONValue(key.applicationNumber), "uuid": .string(key.applicationID)]
        claims["permittedIP"] = key.permittedIP.map(JSONValue.string)
        claims["permittedReferer"] = key.permittedReferer.map(JSONValue.string)
        return try signed(claims, expires, tenant, connection)
    }

    /// A key with which a publisher tries one API in any of its states.
    public func sign(
        _ key: InternalKeyClaims, tenant: Tenant, nowMilliseconds: Int64, _ connection: any SQLConnection
    ) throws -> SignedKey {
        let expires = nowMilliseconds + Int64(key.validitySeconds) * 1000
        var claims = common(key.subject, key.keyType, tenant, nowMilliseconds, expires)
        claims["token_type"] = "InternalKey"
        let api: JSONValue = [
            "name": .string(key.apiName), "context": .string(key.apiContext),
            "publisher": .string(key.apiProvider), "version": .string(key.apiVersion),
        ]
        claims["subscribedAPIs"] = [api]
        return try signed(claims, expires, tenant, connection)
    }

    /// What an API key says, if the platform signed it for this tenant and it has not expired.
    public func verify(
        apiKey: String, tenant: Tenant, nowMilliseconds: Int64, _ connection: any SQLConnection
    ) throws -> JWT? {
        let verifier = JWTVerifier(keys: try keyring.entry(of: tenant, in: connection).apiKeySet)
        return try? verifier.verify(apiKey, nowMilliseconds: nowMilliseconds)
    }

    private func common(
        _ subject: String, _ keyType: KeyType, _ tenant: Tenant, _ now: Int64, _ expires: Int64?
    ) -> JSONValue {
        var claims: JSONValue = [
            "sub": .string(subject), "iss": .string(settings.issuer(of: tenant)), "keytype": .string(keyType.rawValue),
            "iat": JSONValue(now / 1000), "jti": .string(random.uuid()),
        ]
        claims["exp"] = expires.map { JSONValue($0 / 1000) }
        return claims
    }

    private func signed(
        _ claims: JSONValue, _ expires: Int64?, _ tenant: Tenant, _ connection: any SQLConnection
    ) throws -> SignedKey {
        let signer = try keyring.entry(of: tenant, in: connection).signer
        let header: JSONValue = [
            "x5t#S256": .string(signer.key.certificate.thumbprint.standardForm),
            "kid": .string(settings.apiKeyAlias), "typ": "JWT",
        ]
        return SignedKey(
            token: try signer.sign(header: header, claims: claims), tokenID: claims["jti"]?.string ?? "",
            expiresMilliseconds: expires)
    }
}
