import ContractRouter
import Documents
import FoundationEssentials
import Model
import Operating

/// Whom the routes ask; other capabilities know.
public struct CredentialAnswers: Sendable {
    /// What a token stands for at a key manager of a tenant.
    public var introspect: @Sendable (_ token: String, _ keyManager: String, _ tenant: Int) async throws -> IntrospectedToken?
    public var authenticate: @Sendable (_ user: String, _ password: String) async throws -> AuthenticatedUser?
    /// What the user store says of a user, by id, of a tenant.
    public var claims: @Sendable (_ user: String, _ tenant: Int) async throws -> UserClaims?
    public var refreshKeys: @Sendable (_ keyManager: String, _ tenant: Int) async throws -> Void
    /// API keys of the tenants (`nil`: of all) that were used, and about when.
    public var noteKeyUses: @Sendable (_ ids: [String], _ tenants: Set<Int>?, _ milliseconds: Int64) async throws -> Void

    public init(
        introspect: @escaping @Sendable (String, String, Int) async throws -> IntrospectedToken?,
        authenticate: @escaping @Sendable (String, String) async throws -> AuthenticatedUser?,
        claims: @escaping @Sendable (String, Int) async throws -> UserClaims?,
        refreshKeys: @escaping @Sendable (String, Int) async throws -> Void,
        noteKeyUses: @escaping @Sendable ([String], Set<Int>?, Int64) async throws -> Void
    ) {
        self.introspect = introspect
        self.authenticate = authenticate
        self.claims = claims
        self.refreshKeys = refreshKeys
        self.noteKeyUses = noteKeyUses
    }
}

/// Questions of gateways that run apart: about credentials that they cannot judge themselves (`docs/gateways.md`).
public struct CredentialRoutes: Sendable {
    private let tokens: GatewayTokens
    private let tenant: GatewayTokens.TenantLookUp
    private let answers: CredentialAnswers

    public init(tokens: GatewayTokens, tenant: @escaping GatewayTokens.TenantLookUp, answers: CredentialAnswers) {
        self.tokens = tokens
        self.tenant = tenant
        self.answers = answers
    }

    public func register(in table: inout HandlerTable) {
        table.route("POST", FeedProtocol.credentialsPath + "/introspection", introspect)
        table.route("POST", FeedProtocol.credentialsPath + "/sign-in", signIn)
        table.route("POST", FeedProtocol.credentialsPath + "/claims", claims)
        table.route("POST", FeedProtocol.credentialsPath + "/keys", refreshKeys)
        table.route("POST", FeedProtocol.credentialsPath + "/uses", noteUses)
    }

    private func introspect(_ request: APIRequest) async throws -> APIResponse {
        let reach = try await reach(of: request)
        guard let token = request.json["token"]?.string, let manager = request.json["keyManager"]?.string,
            let tenant = request.json["tenant"]?.int
        else { throw CatalogueError.badRequest("token, keyManager and tenant are expected") }
        try reach.require(tenant)
        return try Self.answer(try await answers.introspect(token, manager, tenant))
    }

    /// Users of tenants that the gateway does not serve are nobody to it.
    private func signIn(_ request: APIRequest) async throws -> APIResponse {
        let reach = try await reach(of: request)
        guard let user = request.json["user"]?.string, let password = request.json["password"]?.string else {
            throw CatalogueError.badRequest("user and password are expected")
        }
        let found = try await answers.authenticate(user, password)
        return try Self.answer(found.flatMap { reach.includes($0.tenant) ? $0 : nil })
    }

    private func claims(_ request: APIRequest) async throws -> APIResponse {
        let reach = try await reach(of: request)
        guard let user = request.json["user"]?.string, let tenant = request.json["tenant"]?.int else {
            throw CatalogueError.badRequest("user and tenant are expected")
        }
        try reach.require(tenant)
        return try Self.answer(try await answers.claims(user, tenant))
    }

    private func refreshKeys(_ request: APIRequest) async throws -> APIResponse {
        let reach = try await reach(of: request)
        guard let manager = request.json["keyManager"]?.string, let tenant = request.json["tenant"]?.int else {
            throw CatalogueError.badRequest("keyManager and tenant are expected")
        }
        if tenant != GatewayKeyManager.everyTenant { try reach.require(tenant) }
        try await answers.refreshKeys(manager, tenant)
        return .ok([:])
    }

    private func noteUses(_ request: APIRequest) async throws -> APIResponse {
        let reach = try await reach(of: request)
        let ids = request.json["keys"]?.strings ?? []
        guard ids.count <= 100_000 else { throw CatalogueError.badRequest("keys: too many at once") }
        try await answers.noteKeyUses(ids, reach.tenants, request.milliseconds)
        return .ok([:])
    }

    // MARK: Parts

    /// Which tenants a gateway may ask about.
    private struct Reach {
        /// `nil` for all.
        var tenants: Set<Int>?

        func includes(_ tenant: Int) -> Bool { tenants?.contains(tenant) ?? true }

        func require(_ tenant: Int) throws {
            guard includes(tenant) else { throw CatalogueError.forbidden("The gateway's token does not reach this tenant") }
        }
    }

    private func reach(of request: APIRequest) async throws -> Reach {
        let token = try await tokens.verify(try GatewayCredential.text(of: request))
        var numbers: Set<Int> = []
        for domain in token.tenants { if let found = try await tenant(domain) { numbers.insert(found.id) } }
        if !token.tenants.isEmpty { return Reach(tenants: numbers) }
        return Reach(tenants: token.tenant.isSuper ? nil : [token.tenant.id])
    }

    private static func answer(_ value: (some Encodable)?) throws -> APIResponse {
        guard let value else { return .ok(["found": .null]) }
        return .ok(["found": try JSONValue.parse(Array(try JSONEncoder().encode(value)))])
    }
}

/// The credential of a gateway.
enum GatewayCredential {
    /// The text after `Bearer` (RFC 6750 §2.1).
    static func text(of request: APIRequest) throws -> String {
        let parts = (request.headers["authorization"] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw CatalogueError.gatewayTokenInvalid }
        return String(parts[1])
    }
}
