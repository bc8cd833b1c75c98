import Documents

extension KeyManagerType {
    /// Everything that can be the type of a key manager.
    public static let all: [KeyManagerType] = [
        resident, identityServer, identityServer7, asgardeo, okta, auth0, keycloak, azure, pingFederate, forgeRock, custom,
    ]

    /// The types that an administrator can add.
    public static var addable: [KeyManagerType] { all.filter { $0.name != resident.name } }

    /// The platform's own OAuth2 server.
    public static let resident = KeyManagerType(
        "default", "Resident Key Manager", applicationFields: tokenLifetimes + pkce, requiredEndpoints: [])

    static let identityServer = KeyManagerType(
        "WSO2-IS", "WSO2 Identity Server",
        fields: administrator + [
            ConnectorField(
                "km_admin_as_app_owner", "Administrator owns clients", .checkbox, tooltip: "Instead of the developer."
            )
            .initially(false)
        ], applicationFields: tokenLifetimes + pkce, registration: .dynamic(.basic(name: "Username", password: "Password")))

    static let identityServer7 = KeyManagerType(
        "WSO2-IS-7", "WSO2 Identity Server 7", fields: administrator, applicationFields: extendedLifetimes,
        registration: .dynamic(.basic(name: "Username", password: "Password")))

    static let asgardeo = KeyManagerType(
        "Asgardeo", "Asgardeo",
        fields: [
            ConnectorField("org_name", "Organization", tooltip: "Name of the organization.").required(),
            ConnectorField("mgmt_client_id", "Management client id", tooltip: "May register clients.").required(),
            ConnectorField("mgmt_client_secret", "Management client secret", tooltip: "Of that client.").required().secret(),
        ], applicationFields: extendedLifetimes,
        registration: .dynamic(.clientCredentials(id: "mgmt_client_id", secret: "mgmt_client_secret", audience: nil)))

    static let okta = KeyManagerType(
        "Okta", "Okta", consumerKeyClaim: "cid", scopesClaim: "scp",
        fields: [ConnectorField("apiKey", "API token", tooltip: "May register clients.").required().secret()] + client,
        applicationFields: [
            choice("application_type", "Application type", ["web", "native", "service", "browser"], initially: "web"),
            choice("response_types", "Response types", ["code", "token", "id_token"], initially: "code").several(),
            authenticationMethod,
        ], registration: .dynamic(.fixedToken("apiKey")))

    static let auth0 = KeyManagerType(
        "Auth0", "Auth0",
        fields: client + [
            ConnectorField(
                "audience", "Audience", tooltip: "Of the management interface: https://TENANT.REGION.auth0.com/api/v2/."
            )
            .required()
        ],
        applicationFields: [
            choice(
                "app_type", "Application type", ["regular_web", "native", "spa", "non_interactive"], initially: "regular_web"),
            authenticationMethod,
            ConnectorField("audience_of_api", "Audience of the API", tooltip: "Tokens are made for it."),
        ], registration: .dynamic(.clientCredentials(id: "client_id", secret: "client_secret", audience: "audience")))

    static let keycloak = KeyManagerType(
        "KeyCloak", "Keycloak", fields: client,
        applicationFields: [
            choice("response_types", "Response types", ["code", "token", "id_token"], initially: "token").several(),
            choice("subject_type", "Subject type", ["public", "pairwise"], initially: "public"), authenticationMethod,
            ConnectorField(
                "tls_client_certificate_bound_access_tokens", "Bind tokens to certificates", .checkbox,
                tooltip: "Tokens are worth nothing without the client's certificate."
            ).initially(false),
        ], registration: .dynamic(.clientCredentials(id: "client_id", secret: "client_secret", audience: nil)))

    /// Clients are registered through Microsoft Graph, which is no dynamic registration: they are made there and mapped here.
    static let azure = KeyManagerType(
        "AzureAD", "Azure AD",
        fields: [
            ConnectorField(
                "microsoft_graph_api_endpoint", "Graph endpoint", tooltip: "For instance https://graph.microsoft.com."),
            ConnectorField("azure_ad_client_id", "Client id", tooltip: "For introspection."),
            ConnectorField("azure_ad_client_secret", "Client secret", tooltip: "Of that client.").secret(),
        ], requiredEndpoints: [.token])

    static let pingFederate = KeyManagerType(
        "PingFederate", "PingFederate", consumerKeyClaim: "client_id_name",
        fields: [
            ConnectorField("username", "User name", tooltip: "May register clients.").required(),
            ConnectorField("password", "Password", tooltip: "Of that user.").required().secret(),
        ] + client, registration: .dynamic(.basic(name: "username", password: "password")))

    static let forgeRock = KeyManagerType(
        "Forgerock", "ForgeRock", consumerKeyClaim: "aud", scopesClaim: "scp", fields: client,
        applicationFields: [
            choice("client_type", "Client type", ["Confidential", "Public"], initially: "Confidential"), authenticationMethod,
        ], registration: .dynamic(.clientCredentials(id: "client_id", secret: "client_secret", audience: nil)))

    static let custom = KeyManagerType(
        "CustomKeyManager", "Custom Key Manager (Out-of-Band Provisioning)", requiredEndpoints: [])
}

// Fields that several types share.
extension KeyManagerType {
    private static let administrator = [
        ConnectorField("Username", "User name", tooltip: "May register clients.").required(),
        ConnectorField("Password", "Password", tooltip: "Of that user.").required().secret(),
    ]

    private static let client = [
        ConnectorField("client_id", "Client id", tooltip: "The platform's own client at the server.").required(),
        ConnectorField("client_secret", "Client secret", tooltip: "Of that client.").required().secret(),
    ]

    private static let authenticationMethod = choice(
        "token_endpoint_auth_method", "Client authentication", ["client_secret_basic", "client_secret_post"],
        initially: "client_secret_basic")

    private static func choice(
        _ name: String, _ label: String, _ choices: [String], initially: String
    ) -> ConnectorField {
        ConnectorField(name, label, .select, tooltip: "One of \(choices.joined(separator: ", ")).")
            .among(choices.map(JSONValue.string)).initially(.string(initially))
    }

    private static let tokenLifetimes = [
        lifetime("application_access_token_expiry_time", "Life of the application's tokens"),
        lifetime("user_access_token_expiry_time", "Life of users' tokens"),
        lifetime("refresh_token_expiry_time", "Life of refresh tokens"), lifetime("id_token_expiry_time", "Life of id tokens"),
    ]

    private static let extendedLifetimes = [
        lifetime("ext_application_token_lifetime", "Life of the application's tokens"),
        lifetime("ext_user_token_lifetime", "Life of users' tokens"),
        lifetime("ext_refresh_token_lifetime", "Life of refresh tokens"),
        lifetime("ext_id_token_lifetime", "Life of id tokens"),
        flag("ext_pkce_mandatory", "PKCE is mandatory"), flag("ext_pkce_support_plain", "PKCE with plain text"),
        flag("ext_public_client", "Public client"),
    ]

    private static let pkce = [
        flag("pkceMandatory", "PKCE is mandatory"), flag("pkceSupportPlain", "PKCE with plain text"),
        flag("bypassClientCredentials", "Public client"),
    ]

    private static func lifetime(_ name: String, _ label: String) -> ConnectorField {
        ConnectorField(name, label, tooltip: "In seconds; N/A takes the server's.").initially("N/A")
    }

    private static func flag(_ name: String, _ label: String) -> ConnectorField {
        ConnectorField(name, label, .checkbox, tooltip: "Of this client.").initially(false)
    }
}
