import Documents
import Model
import Storage

/// What clients learn about the key manager of a tenant: its OpenID Connect discovery document and its keys.
public struct DiscoveryDocument: Sendable {
    private let store: any SQLStore
    private let keyring: SigningKeyring
    private let settings: IdentitySettings

    init(store: any SQLStore, keyring: SigningKeyring, settings: IdentitySettings) {
        self.store = store
        self.keyring = keyring
        self.settings = settings
    }

    /// The key set (RFC 7517) that verifies the tenant's tokens.
    public func keySet(of tenant: Tenant) async throws -> JSONValue {
        try await store.read { [keyring] in try keyring.entry(of: tenant, in: $0).keySet.json }
    }

    /// OpenID Connect Discovery §3.
    public func document(of tenant: Tenant) -> JSONValue {
        let endpoint = { (path: String) in JSONValue.string(settings.endpoint(path, of: tenant)) }
        let methods: JSONValue = ["client_secret_basic", "client_secret_post"]
        return [
            "issuer": .string(settings.issuer(of: tenant)), "authorization_endpoint": endpoint("/oauth2/authorize"),
            "token_endpoint": endpoint("/oauth2/token"), "userinfo_endpoint": endpoint("/oauth2/userinfo"),
            "revocation_endpoint": endpoint("/oauth2/revoke"), "revocation_endpoint_auth_methods_supported": methods,
            "introspection_endpoint": endpoint("/oauth2/introspect"),
            "introspection_endpoint_auth_methods_supported": methods,
            "registration_endpoint": endpoint("/api/identity/oauth2/dcr/v1.1/register"),
            "jwks_uri": endpoint("/oauth2/jwks"),
            "scopes_supported": ["openid", "profile", "email", "phone", "address", "groups"],
            "claims_supported": JSONValue(UserInfoClaims.supported + ["iss", "acr"]),
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": [
                "code", "token", "id_token", "id_token token", "code token", "code id_token", "code id_token token", "device",
                "none",
            ],
            "response_modes_supported": ["query", "fragment", "form_post"], "subject_types_supported": ["public"],
            "check_session_iframe": endpoint("/oidc/checksession"), "end_session_endpoint": endpoint("/oidc/logout"),
            "userinfo_signing_alg_values_supported": ["RS256"], "token_endpoint_auth_methods_supported": methods,
            "grant_types_supported": JSONValue(TokenEndpoint.grantTypes), "request_parameter_supported": true,
            "claims_parameter_supported": true, "request_object_signing_alg_values_supported": ["RS256"],
            "backchannel_logout_supported": true, "backchannel_logout_session_supported": true,
            "code_challenge_methods_supported": ["S256", "plain"],
        ]
    }
}
