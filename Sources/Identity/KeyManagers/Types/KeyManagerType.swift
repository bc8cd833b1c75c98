import Documents

/// A kind of OAuth2 server that the platform knows how to work with.
public struct KeyManagerType: Sendable {
    /// How the platform registers clients there.
    public enum Registration: Sendable, Equatable {
        /// Not at all: keys are made there and mapped here.
        case none
        /// OAuth 2.0 Dynamic Client Registration (RFC 7591, RFC 7592).
        case dynamic(RegistrationCredential)
    }

    /// With what the platform signs in at a registration endpoint; names are those of the type's fields.
    public enum RegistrationCredential: Sendable, Equatable {
        /// HTTP Basic with a user's name and password.
        case basic(name: String, password: String)
        /// A bearer token that the server's token endpoint gives for a client id and secret.
        case clientCredentials(id: String, secret: String, audience: String?)
        /// `Authorization: SSWS …` with a fixed token.
        case fixedToken(String)
    }

    /// Name in requests.
    public var name: String
    public var displayName: String
    public var consumerKeyClaim: String
    public var scopesClaim: String
    /// Of the connection.
    public var fields: [ConnectorField]
    /// Of the keys of an application.
    public var applicationFields: [ConnectorField]
    public var registration: Registration
    /// Endpoints without which the type does not work.
    public var requiredEndpoints: [KeyManagerEndpoint]

    init(
        _ name: String, _ displayName: String, consumerKeyClaim: String = "azp", scopesClaim: String = "scope",
        fields: [ConnectorField] = [], applicationFields: [ConnectorField] = [], registration: Registration = .none,
        requiredEndpoints: [KeyManagerEndpoint] = [.registration, .introspection, .token, .revocation]
    ) {
        self.name = name
        self.displayName = displayName
        self.consumerKeyClaim = consumerKeyClaim
        self.scopesClaim = scopesClaim
        self.fields = fields
        self.applicationFields = applicationFields
        self.registration = registration
        self.requiredEndpoints = requiredEndpoints
    }

    /// The type of a name, `nil` for an unknown one.
    public static func named(_ name: String) -> KeyManagerType? { all.first { $0.name == name } }

    /// Names of the fields whose values are secrets.
    var secretNames: Set<String> { Set(fields.filter(\.isSecret).map(\.name)) }

    /// What the admin portal needs to show a form; for those types that an administrator can add.
    public var configurationJSON: JSONValue {
        [
            "type": JSONValue(name), "displayName": JSONValue(displayName),
            "defaultConsumerKeyClaim": JSONValue(consumerKeyClaim), "defaultScopesClaim": JSONValue(scopesClaim),
            "configurations": .array(fields.map(\.json)), "authConfigurations": [],
            "endpointConfigurations": .array(
                EndpointFields.all.filter { !requiredEndpoints.isEmpty || $0.name == KeyManagerEndpoint.token.rawValue }
                    .map { field in
                        var field = field
                        field.isRequired = requiredEndpoints.contains { $0.rawValue == field.name }
                        return field.json
                    }),
        ]
    }
}

/// The fields for endpoints that every type has.
enum EndpointFields {
    static let all: [ConnectorField] = [
        field(.registration, "Client registration endpoint", "Where clients of applications are registered."),
        field(.introspection, "Introspection endpoint", "Where gateways ask about tokens that they cannot check themselves."),
        field(.token, "Token endpoint", "Where applications get tokens."),
        field(.displayToken, "Token endpoint for display", "What the developer portal shows, if that differs."),
        field(.revocation, "Revocation endpoint", "Where applications end tokens."),
        field(.displayRevocation, "Revocation endpoint for display", "What the developer portal shows, if that differs."),
        field(.userInfo, "Userinfo endpoint", "Where claims about a user can be had."),
        field(.authorization, "Authorization endpoint", "Where users sign in."),
    ]

    private static func field(_ endpoint: KeyManagerEndpoint, _ label: String, _ tooltip: String) -> ConnectorField {
        ConnectorField(endpoint.rawValue, label, tooltip: tooltip)
    }
}
