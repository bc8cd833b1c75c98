import Documents
import Model
import Storage
import Synchronization
import Tokens

/// The signing keys of all tenants: sealed in the database, so that all nodes sign alike, and opened once a node.
public struct SigningKeyring: Sendable {
    /// Makes a new key pair; a parameter because it takes long.
    public typealias Generator = @Sendable (_ commonName: String, _ nowMilliseconds: Int64) throws -> SigningKey

    private let vault: Vault
    private let settings: IdentitySettings
    private let generate: Generator
    private let opened = OpenedKeys()

    /// Keys that were opened already.
    private final class OpenedKeys: Sendable {
        let entries = Mutex<[Int: Entry]>([:])
    }

    /// A tenant's key, ready to sign and to verify.
    struct Entry: Sendable {
        var signer: JWTSigner
        var verifier: JWTVerifier
        var keySet: JSONWebKeySet
        var apiKeySet: JSONWebKeySet
    }

    public init(
        vault: Vault, settings: IdentitySettings,
        generate: @escaping Generator = { try SigningKey.generate(commonName: $0, nowMilliseconds: $1) }
    ) {
        self.vault = vault
        self.settings = settings
        self.generate = generate
    }

    /// A new key for a tenant, to be stored with ``store(_:for:at:in:)``. Takes long: not for use in a transaction.
    func makeKey(for tenant: Tenant, at milliseconds: Int64) throws -> SigningKey {
        try generate(tenant.domain, milliseconds)
    }

    /// Stores a tenant's first key; a tenant that has one keeps it.
    func store(_ key: SigningKey, for tenant: Tenant, at milliseconds: Int64, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO signing_key (id, tenant_id, private_key, certificate, created_at, published_issuer)
            VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING
            """,
            [
                SQLValue(Self.id(tenant)), SQLValue(tenant.id),
                SQLValue(try vault.seal(key.privateKeyPEM, context: Self.context(tenant))), SQLValue(key.certificatePEM),
                SQLValue(milliseconds),
            ])
    }

    func hasKey(_ tenant: Tenant, in connection: any SQLConnection) throws -> Bool {
        try connection.first("SELECT id FROM signing_key WHERE tenant_id = ?", [SQLValue(tenant.id)]) != nil
    }

    /// The key of a tenant; throws ``KeyringError/noKey(tenant:)`` when it has none.
    func entry(of tenant: Tenant, in connection: any SQLConnection) throws -> Entry {
        if let entry = opened.entries.withLock({ $0[tenant.id] }) { return entry }
        let row = try connection.first(
            "SELECT private_key, certificate FROM signing_key WHERE tenant_id = ?", [SQLValue(tenant.id)])
        guard let row else { throw KeyringError.noKey(tenant: tenant.domain) }
        let privateKey = try vault.open(try row.text("private_key"), context: Self.context(tenant))
        let entry = try entry(SigningKey(privateKeyPEM: privateKey, certificatePEM: try row.text("certificate")))
        opened.entries.withLock { $0[tenant.id] = entry }
        return entry
    }

    private func entry(_ key: SigningKey) throws -> Entry {
        let keySet = JSONWebKeySet(keys: [try key.jsonWebKey])
        var apiKey = try key.jsonWebKey
        apiKey.keyID = settings.apiKeyAlias
        return Entry(
            signer: JWTSigner(key: key), verifier: JWTVerifier(keys: keySet), keySet: keySet,
            apiKeySet: JSONWebKeySet(keys: [apiKey]))
    }

    /// What gateways were told of the tenant's key last, in the words of ``KeyManagerPublication``; `nil` before the first time.
    func publishedState(of tenant: Tenant, in connection: any SQLConnection) throws -> String? {
        try connection.first("SELECT published_issuer FROM signing_key WHERE tenant_id = ?", [SQLValue(tenant.id)])?
            .optionalText("published_issuer")
    }

    func setPublishedState(_ state: String, of tenant: Tenant, in transaction: any SQLTransaction) throws {
        try transaction.execute(
            "UPDATE signing_key SET published_issuer = ? WHERE tenant_id = ?", [SQLValue(state), SQLValue(tenant.id)])
    }

    private static func id(_ tenant: Tenant) -> String { String(tenant.id) }
    private static func context(_ tenant: Tenant) -> String { "signing-key:\(id(tenant))" }
}

/// Why a tenant's key could not be had.
public enum KeyringError: Error, Sendable, Hashable {
    /// The tenant was never prepared.
    case noKey(tenant: String)
}
