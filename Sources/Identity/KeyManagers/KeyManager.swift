import Documents
import Model

/// An OAuth2 server whose tokens open APIs: the platform's own, or one of somebody else (`docs/key-managers.md`).
public struct KeyManager: Sendable, Hashable {
    /// What applications get from a key manager.
    public enum TokenType: String, Sendable, CaseIterable {
        /// Clients and tokens.
        case direct = "DIRECT"
        /// Nothing: users bring its tokens and exchange them at the platform's own key manager.
        case exchanged = "EXCHANGED"
        case both = "BOTH"

        public var exchanges: Bool { self != .direct }
    }

    /// Where the keys come from that verify tokens.
    public struct Certificates: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            /// The URL of a JSON Web Key Set.
            case keySet = "JWKS"
            /// Certificates or public keys in PEM form.
            case pem = "PEM"
        }

        public var kind: Kind
        public var value: String

        public init(kind: Kind, value: String) {
            self.kind = kind
            self.value = value
        }
    }

    /// Which users see the key manager in the developer portal.
    public struct Permission: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case everybody = "PUBLIC"
            /// Only users with one of the roles.
            case allow = "ALLOW"
            /// All users but those with one of the roles.
            case deny = "DENY"
        }

        public var kind: Kind
        public var roles: [String]

        public init(kind: Kind = .everybody, roles: [String] = []) {
            self.kind = kind
            self.roles = roles
        }

        /// Whether a user with these roles may use the key manager.
        public func admits(_ userRoles: Set<String>) -> Bool {
            let names = Set(userRoles.flatMap(Role.spellings).map { $0.lowercased() })
            let hasRole = roles.contains { names.contains($0.lowercased()) }
            return switch kind {
            case .everybody: true
            case .allow: hasRole
            case .deny: !hasRole
            }
        }
    }

    /// How a claim of tokens is called in what backends get.
    public struct ClaimMapping: Sendable, Hashable {
        public var remote: String
        public var local: String

        public init(remote: String, local: String) {
            self.remote = remote
            self.local = local
        }
    }

    /// What the key manager can do for applications and gateways.
    public struct Abilities: Sendable, Hashable {
        public var createsClients = true
        public var mapsClients = true
        public var generatesTokens = true
        public var hashesTokens = false
        public var encryptsTokens = false
        /// Whether gateways check JWTs by themselves; else they ask the introspection endpoint about every token.
        public var validatesTokensLocally = true

        public init() {}
    }

    public var id: String
    /// The owner; ``everyTenant`` for a global one.
    public var tenant: Tenant
    /// Never changes.
    public var name: String
    public var displayName: String
    /// The wire name of a ``KeyManagerType``; never changes.
    public var type: String
    public var description: String
    public var isEnabled: Bool
    public var tokenType: TokenType
    /// URLs by the names of ``KeyManagerEndpoint``.
    public var endpoints: [String: String]
    /// Value of `iss`.
    public var issuer: String
    /// Audience of tokens that are to be exchanged.
    public var alias: String
    public var certificates: Certificates?
    public var grantTypes: [String]
    public var abilities: Abilities
    public var consumerKeyClaim: String
    public var scopesClaim: String
    public var claimMappings: [ClaimMapping]
    /// Which tokens are the key manager's; empty takes every one with its issuer.
    public var tokenRules: [TokenRule]
    /// The connector's configuration without its secrets.
    public var properties: JSONObject
    /// Values of fields that are masked, by name.
    public var secrets: [String: String]
    public var permission: Permission
    /// `ALL`, `NONE`, or ids of organisations.
    public var organizations: [String]
    public var version: Int64

    public init(
        id: String, tenant: Tenant, name: String, displayName: String, type: String, description: String, isEnabled: Bool,
        tokenType: TokenType, endpoints: [String: String], issuer: String, alias: String, certificates: Certificates?,
        grantTypes: [String], abilities: Abilities, consumerKeyClaim: String, scopesClaim: String,
        claimMappings: [ClaimMapping], tokenRules: [TokenRule], properties: JSONObject, secrets: [String: String],
        permission: Permission, organizations: [String], version: Int64
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.displayName = displayName
        self.type = type
        self.description = description
        self.isEnabled = isEnabled
        self.tokenType = tokenType
        self.endpoints = endpoints
        self.issuer = issuer
        self.alias = alias
        self.certificates = certificates
        self.grantTypes = grantTypes
        self.abilities = abilities
        self.consumerKeyClaim = consumerKeyClaim
        self.scopesClaim = scopesClaim
        self.claimMappings = claimMappings
        self.tokenRules = tokenRules
        self.properties = properties
        self.secrets = secrets
        self.permission = permission
        self.organizations = organizations
        self.version = version
    }

    /// The pseudo tenant of key managers that every tenant can use.
    public static let everyTenant = Tenant(id: GatewayKeyManager.everyTenant, domain: "WSO2/System")

    public var isGlobal: Bool { tenant.id == Self.everyTenant.id }
    public var isResident: Bool { type == KeyManagerType.resident.name }
}

/// The names of key managers' endpoints, as they stand in `endpoints` of the REST interface.
public enum KeyManagerEndpoint: String, Sendable, CaseIterable {
    case registration = "client_registration_endpoint"
    case introspection = "introspection_endpoint"
    case token = "token_endpoint"
    case displayToken = "display_token_endpoint"
    case revocation = "revoke_endpoint"
    case displayRevocation = "display_revoke_endpoint"
    case userInfo = "userinfo_endpoint"
    case authorization = "authorize_endpoint"
    case scopes = "scope_endpoint"
    case wellKnown = "well_known_endpoint"
}

extension KeyManager {
    /// The URL of an endpoint; `nil` if there is none.
    public subscript(_ endpoint: KeyManagerEndpoint) -> String? {
        get { endpoints[endpoint.rawValue].flatMap { $0.isEmpty ? nil : $0 } }
        set { endpoints[endpoint.rawValue] = newValue }
    }
}
