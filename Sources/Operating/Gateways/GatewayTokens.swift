import Documents
import FoundationEssentials
import Model
import Storage

/// The credentials of gateways that run apart: made by an administrator, shown once, stored as a keyed hash.
public struct GatewayTokens: Sendable {
    /// The tenant of a domain, or `nil`.
    public typealias TenantLookUp = @Sendable (String) async throws -> Tenant?

    private let changes: ChangeStore
    private let vault: Vault
    private let random: RandomSource
    private let tenant: TenantLookUp

    public init(changes: ChangeStore, vault: Vault, random: RandomSource, tenant: @escaping TenantLookUp) {
        self.changes = changes
        self.vault = vault
        self.random = random
        self.tenant = tenant
    }

    public func list(tenant: Tenant) async throws -> [GatewayToken] {
        try await changes.read { try GatewayTokenTable.all(tenant: tenant, in: $0) }
    }

    /// Makes a token for the gateways of the context's tenant. Only the super tenant's may name other tenants.
    /// - Returns: the token, and the text that gateways present, which cannot be had again.
    public func create(
        name: String, environments: [String], tenants: [String], _ context: ChangeContext
    ) async throws -> (token: GatewayToken, text: String) {
        let token = GatewayToken(
            id: random.uuid(), tenant: context.tenant, name: name, environments: environments,
            tenants: try await checked(tenants, for: context.tenant), createdBy: context.actor,
            createdMilliseconds: context.milliseconds)
        let text = GatewayTokenText(id: token.id, secret: Self.secret(random))
        let hash = vault.hash(text.secret, context: Self.hashContext(token.id))
        try await changes.change(context) { change in
            guard try !GatewayTokenTable.contains(name: name, tenant: context.tenant, in: change) else {
                throw CatalogueError.gatewayTokenExists(name)
            }
            try GatewayTokenTable.insert(token, hash: hash, in: change)
            try change.audit("create", kind: "gateway-token", id: token.id, after: token.auditForm)
        }
        return (token, text.text)
    }

    /// Ends a token. The caller closes the streams of gateways that use it.
    public func revoke(id: String, _ context: ChangeContext) async throws {
        try await changes.change(context) { change in
            guard let token = try GatewayTokenTable.find(id: id, tenant: context.tenant, in: change) else {
                throw CatalogueError.gatewayTokenNotFound(id)
            }
            try GatewayTokenTable.delete(id: id, tenant: context.tenant, in: change)
            try change.audit("revoke", kind: "gateway-token", id: id, before: token.auditForm)
        }
    }

    /// The token that `text` is, or a 401 that does not say what is wrong with it.
    public func verify(_ text: String) async throws -> GatewayToken {
        guard let presented = GatewayTokenText(text) else { throw CatalogueError.gatewayTokenInvalid }
        let stored = try await changes.read { try GatewayTokenTable.presented(id: presented.id, in: $0) }
        guard let stored, vault.matches(presented.secret, hash: stored.hash, context: Self.hashContext(presented.id)) else {
            throw CatalogueError.gatewayTokenInvalid
        }
        return stored.token
    }

    /// Whether tokens are still there; for gateways that are connected already. Returns the ids of those that are.
    public func existing(_ ids: Set<String>) async throws -> Set<String> {
        guard !ids.isEmpty else { return [] }
        return try await changes.read { connection in
            try ids.filter { try GatewayTokenTable.presented(id: $0, in: connection) != nil }
        }
    }

    /// Notes that a gateway connected.
    public func noteUse(_ token: GatewayToken, at milliseconds: Int64) async throws {
        try await changes.store.write { try GatewayTokenTable.noteUse(id: token.id, at: milliseconds, in: $0) }
    }

    private func checked(_ domains: [String], for owner: Tenant) async throws -> [String] {
        var tenants: [String] = []
        for domain in domains.map({ $0.lowercased() }) {
            guard owner.isSuper || domain == owner.domain, try await tenant(domain) != nil else {
                throw CatalogueError.tenantNotFound(domain)
            }
            tenants.append(domain)
        }
        return owner.isSuper ? tenants : [owner.domain]
    }

    private static func hashContext(_ id: String) -> String { "gateway-token:\(id)" }

    /// 256 random bits.
    private static func secret(_ random: RandomSource) -> String {
        Data(random.bytes(32)).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}

/// What a gateway presents: a prefix by which scanners recognise it, the token's id, and the secret.
struct GatewayTokenText {
    static let prefix = "mgt_"

    var id: String
    var secret: String

    init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count < 200 else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        self.init(id: String(parts[0]), secret: String(parts[1]))
    }

    var text: String { "\(Self.prefix)\(id).\(secret)" }
}

extension GatewayToken {
    fileprivate var auditForm: JSONValue {
        ["name": JSONValue(name), "environments": JSONValue(environments), "tenants": JSONValue(tenants)]
    }
}
