import Documents
import Model
import OutgoingHTTP

/// Reads the discovery document of a server (OpenID Connect Discovery §3, RFC 8414) into the draft of a key manager.
public struct WellKnownDocument: Sendable {
    private let fetch: KeySetSource.Fetch

    public init(fetch: @escaping KeySetSource.Fetch) { self.fetch = fetch }

    public init(fetcher: OutgoingFetcher) { self.init { try await fetcher.get($0).body } }

    /// What the document at `url` says of a key manager of a type; `nil` if it is no such document. Nothing is stored. Throws a 400 if the
    /// URL cannot be fetched.
    public func keyManager(at url: String, type: String, tenant: Tenant) async throws -> KeyManager? {
        let body: [UInt8]
        do {
            body = try await fetch(url)
        } catch let error as OutgoingError {
            throw CatalogueError.badRequest("url: \(error.reason)")
        }
        guard let json = try? JSONValue.parse(body), let issuer = json["issuer"]?.string, json["token_endpoint"]?.string != nil
        else { return nil }
        return Self.keyManager(json, issuer: issuer, url: url, type: type, tenant: tenant)
    }

    private static func keyManager(
        _ json: JSONValue, issuer: String, url: String, type: String, tenant: Tenant
    ) -> KeyManager {
        let known = KeyManagerType.named(type)
        var manager = KeyManager(
            id: "", tenant: tenant, name: OutgoingURL(issuer)?.host ?? "", displayName: "", type: type, description: "",
            isEnabled: true, tokenType: .direct, endpoints: [:], issuer: issuer, alias: "",
            certificates: json["jwks_uri"]?.string.map { .init(kind: .keySet, value: $0) },
            grantTypes: json["grant_types_supported"]?.strings ?? [], abilities: KeyManager.Abilities(),
            consumerKeyClaim: known?.consumerKeyClaim ?? "azp", scopesClaim: known?.scopesClaim ?? "scope", claimMappings: [],
            tokenRules: [], properties: JSONObject(), secrets: [:], permission: .init(), organizations: ["ALL"], version: 0)
        let members: [(KeyManagerEndpoint, String)] = [
            (.introspection, "introspection_endpoint"), (.registration, "registration_endpoint"),
            (.authorization, "authorization_endpoint"), (.token, "token_endpoint"), (.revocation, "revocation_endpoint"),
            (.userInfo, "userinfo_endpoint"), (.scopes, "scope_endpoint"),
        ]
        for (endpoint, member) in members { manager[endpoint] = json[member]?.string }
        manager[.wellKnown] = url
        return manager
    }
}
