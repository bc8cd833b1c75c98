import Model

/// Which credentials an API accepts, and where it reads them.
struct SecurityRules: Sendable {
    let acceptsOAuth2: Bool
    let acceptsAPIKey: Bool
    let acceptsBasic: Bool
    let acceptsMutualTLS: Bool
    /// Whether no request passes without a good client certificate.
    let requiresMutualTLS: Bool
    /// Whether a certificate alone is not enough.
    let requiresApplicationCredential: Bool
    let requiresSubscription: Bool
    /// The OAuth2 header in lower case; `nil` for the standard one.
    let authorizationHeader: [UInt8]?
    /// The API key header in lower case; `nil` for the standard one.
    let apiKeyHeader: [UInt8]?
    /// Names of the accepted key managers; `nil` for all.
    let keyManagers: [String]?
    /// Hashes of the accepted audiences; empty for any.
    let audiences: [UInt64]
    /// As in the definition, for texts.
    let authorizationHeaderName: String
    let apiKeyHeaderName: String
    /// Value of `WWW-Authenticate` on refusals.
    let challenge: String

    /// - Parameter defaultHeader: the OAuth2 header of APIs that name none, or the standard one.
    init(_ api: GatewayAPI, defaultHeader: String = "Authorization") {
        let schemes = Set(api.securitySchemes.map { $0.lowercased() })
        acceptsMutualTLS = schemes.contains("mutualssl")
        acceptsAPIKey = schemes.contains("api_key")
        acceptsBasic = schemes.contains("basic_auth")
        acceptsOAuth2 = schemes.contains("oauth2") || !(acceptsMutualTLS || acceptsAPIKey || acceptsBasic)
        let hasApplicationScheme = acceptsOAuth2 || acceptsAPIKey || acceptsBasic
        requiresMutualTLS = acceptsMutualTLS && (schemes.contains("mutualssl_mandatory") || !hasApplicationScheme)
        requiresApplicationCredential =
            hasApplicationScheme && (schemes.contains("oauth_basic_auth_api_key_mandatory") || !acceptsMutualTLS)
        let ownHeader = api.authorizationHeader
        authorizationHeaderName = ["", "authorization"].contains(ownHeader.lowercased()) ? defaultHeader : ownHeader
        apiKeyHeaderName = api.apiKeyHeader.isEmpty ? "apikey" : api.apiKeyHeader
        authorizationHeader = Self.customName(authorizationHeaderName, standard: "authorization")
        apiKeyHeader = Self.customName(apiKeyHeaderName, standard: "apikey")
        keyManagers = api.keyManagers.isEmpty || api.keyManagers.contains("all") ? nil : api.keyManagers
        audiences = api.audiences.contains("all") ? [] : api.audiences.map(ScopeHash.of)
        requiresSubscription = api.requiresSubscription
        var challenges = [#"Internal API Key realm="WSO2 API Manager""#]
        if acceptsMutualTLS { challenges.append(#"Mutual SSL realm="WSO2 API Manager""#) }
        if acceptsOAuth2 { challenges.append(#"Bearer realm="WSO2 API Manager""#) }
        if acceptsBasic { challenges.append(#"Basic Auth realm="WSO2 API Manager""#) }
        if acceptsAPIKey { challenges.append(#"API Key realm="WSO2 API Manager""#) }
        challenge =
            challenges.joined(separator: ", ")
            + #", error="invalid_token", error_description="The provided token is invalid""#
    }

    /// Whether there is any scheme besides mutual TLS.
    var acceptsApplicationCredentials: Bool { acceptsOAuth2 || acceptsAPIKey || acceptsBasic }

    private static func customName(_ name: String, standard: String) -> [UInt8]? {
        name.lowercased() == standard ? nil : Array(name.lowercased().utf8)
    }

    /// Whether tokens of a key manager are accepted.
    func accepts(keyManager: String) -> Bool { keyManagers?.contains(keyManager) ?? true }
}
