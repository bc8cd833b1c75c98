import Model
import Storage

/// All of identity, wired together once a process.
public struct IdentityServices: Sendable {
    public let settings: IdentitySettings
    public let changes: ChangeStore
    public let clients: OAuthClientRegistry
    public let clientRegistration: ClientRegistration
    public let tokens: TokenIssuer
    public let apiKeys: APIKeyIssuer
    public let users: UserDirectory
    public let userAdministration: UserAdministration
    public let roles: RoleAdministration
    public let groups: RoleAdministration
    public let tenants: TenantAdministration
    public let tokenEndpoint: TokenEndpoint
    public let revocationEndpoint: RevocationEndpoint
    public let introspection: Introspection
    public let discovery: DiscoveryDocument
    public let authenticator: PrincipalAuthenticator
    public let bootstrap: IdentityBootstrap
    public let administratorReset: AdministratorReset
    public let cleaning: TokenCleaning
    public let keyManagers: KeyManagers
    public let keySetRefresh: KeySetRefresh
    public let wellKnown: WellKnownDocument
    public let keyManagerCall: KeyManagerCall
    public let credentialChecks: CredentialChecks
    public let externalRevocations: ExternalRevocations
    public let time: TimeSource
    public let random: RandomSource

    /// `tenantSteps` add other capabilities' defaults to every tenant, `userSteps` tell them of every user that is made. `generateKey` replaces the making of signing keys, which
    /// takes long; `connections` reach key managers of others.
    public init(
        changes: ChangeStore, vault: Vault, settings: IdentitySettings, time: TimeSource = .system,
        random: RandomSource = .system, tenantSteps: [TenantPreparation.Step] = [],
        userSteps: [UserAdministration.CreationStep] = [],
        generateKey: SigningKeyring.Generator? = nil, connections: KeyManagerConnections = .none
    ) throws {
        let keyring =
            generateKey.map { SigningKeyring(vault: vault, settings: settings, generate: $0) }
            ?? SigningKeyring(vault: vault, settings: settings)
        let hasher = try PasswordHasher(cost: settings.passwordCost, time: time, random: random)
        let keyManagerTable = KeyManagerTable(vault: vault)
        let publication = KeyManagerPublication(table: keyManagerTable, keyring: keyring, settings: settings)
        let preparation = TenantPreparation(publication: publication, random: random, steps: tenantSteps)
        keyManagers = KeyManagers(
            changes: changes, table: keyManagerTable, publication: publication, source: connections.keys,
            settings: settings, random: random, logger: connections.logger)
        keySetRefresh = KeySetRefresh(managers: keyManagers, time: time)
        wellKnown = connections.wellKnown
        keyManagerCall = connections.call
        let signIn = SignIn(store: changes.store, hasher: hasher)
        self.settings = settings
        self.changes = changes
        self.time = time
        self.random = random
        clients = OAuthClientRegistry(vault: vault, random: random)
        clientRegistration = ClientRegistration(changes: changes, clients: clients)
        tokens = TokenIssuer(keyring: keyring, vault: vault, settings: settings, random: random)
        apiKeys = APIKeyIssuer(keyring: keyring, settings: settings, random: random)
        users = UserDirectory(store: changes.store)
        userAdministration = UserAdministration(
            changes: changes, hasher: hasher, random: random, creationSteps: userSteps)
        roles = RoleAdministration(changes: changes, random: random, isGroup: false)
        groups = RoleAdministration(changes: changes, random: random, isGroup: true)
        tenants = TenantAdministration(changes: changes, preparation: preparation, hasher: hasher, random: random)
        let checker = AccessTokenChecker(keyring: keyring, issuer: tokens, settings: settings)
        tokenEndpoint = TokenEndpoint(
            changes: changes, registry: clients, issuer: tokens, signIn: signIn, settings: settings,
            keyManagers: keyManagers)
        revocationEndpoint = RevocationEndpoint(changes: changes, registry: clients, issuer: tokens)
        introspection = Introspection(store: changes.store, checker: checker, settings: settings)
        discovery = DiscoveryDocument(store: changes.store, keyring: keyring, settings: settings)
        authenticator = PrincipalAuthenticator(
            store: changes.store, signIn: signIn, checker: checker, settings: settings, time: time)
        bootstrap = IdentityBootstrap(
            changes: changes, keyring: keyring, preparation: preparation, hasher: hasher, time: time)
        administratorReset = AdministratorReset(changes: changes, preparation: preparation, hasher: hasher, time: time)
        cleaning = TokenCleaning(changes: changes, time: time)
        credentialChecks = CredentialChecks(
            store: changes.store, signIn: signIn, introspection: introspection, managers: keyManagers,
            external: TokenIntrospection(
                call: connections.call,
                circuits: KeyManagerCircuits(
                    patience: settings.keyManagerPatience, logger: connections.logger, time: time),
                seconds: settings.keyManagerPatience.seconds),
            silent: SilentKeyManagers(logger: connections.logger), refresh: keySetRefresh, settings: settings, time: time)
        externalRevocations = ExternalRevocations(changes: changes, settings: settings)
    }
}
