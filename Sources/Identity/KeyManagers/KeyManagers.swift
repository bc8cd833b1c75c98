import Documents
import Logging
import Model
import OutgoingHTTP
import Storage

/// The key managers of tenants as administrators see them.
public struct KeyManagers: Sendable {
    /// Who uses a key manager, in the words of those who know: Identity knows neither APIs nor applications.
    public struct Use: Sendable {
        /// Whether an API names the key manager, or an application has keys of it.
        public var isUsed: @Sendable (KeyManager, Tenant, any SQLConnection) throws -> Bool

        public init(isUsed: @escaping @Sendable (KeyManager, Tenant, any SQLConnection) throws -> Bool) {
            self.isUsed = isUsed
        }
    }

    let changes: ChangeStore
    let table: KeyManagerTable
    let publication: KeyManagerPublication
    let source: KeySetSource
    let settings: IdentitySettings
    let random: RandomSource
    let logger: Logger

    /// The tenant's own key managers and the global ones.
    public func list(_ tenant: Tenant) async throws -> [KeyManager] {
        try await changes.read { try table.all(tenant, in: $0).map(completed) }
    }

    /// Those that every tenant can use.
    public func globals() async throws -> [KeyManager] {
        try await changes.read { try table.own(KeyManager.everyTenant, in: $0) }
    }

    /// Throws a 404 for an id that the tenant does not see.
    public func find(id: String, in tenant: Tenant) async throws -> KeyManager {
        try await changes.read { completed(try existing(id, tenant, in: $0)) }
    }

    /// As ``find(id:in:)``, by id or name; `nil` for none.
    public func find(_ reference: String, in tenant: Tenant, _ connection: any SQLConnection) throws -> KeyManager? {
        let found =
            try table.find(id: reference, tenant: tenant, in: connection)
            ?? table.find(name: reference, tenant: tenant, in: connection)
        return found.map(completed)
    }

    /// Stores a new key manager; its tokens open APIs when this returns. Keys that cannot be fetched now are tried again later.
    public func create(_ draft: KeyManager, _ context: ChangeContext) async throws -> KeyManager {
        var manager = draft
        let type = try type(of: manager)
        guard !manager.isResident else { throw CatalogueError.keyManagerExists(GatewayKeyManager.residentName) }
        manager.id = random.uuid()
        manager.version = 1
        manager.complete(with: type)
        try KeyManagerRules(type: type).check(manager)
        let keys = await keys(of: manager, at: context.milliseconds)
        return try await changes.change(context) { [manager] change in
            let isTaken =
                try manager.isGlobal
                ? table.isTaken(manager.name, in: change)
                : table.find(name: manager.name, tenant: manager.tenant, in: change) != nil
            guard !isTaken else { throw CatalogueError.keyManagerExists(manager.name) }
            try table.insert(manager, keys: keys, at: context.milliseconds, in: change)
            try publication.publish(manager, in: change)
            try change.audit("create", kind: "keyManager", id: manager.id, after: manager.auditForm)
            return manager
        }
    }

    /// Replaces everything but id, name and type. Secrets that are empty or masked keep their value.
    public func update(id: String, to draft: KeyManager, _ context: ChangeContext) async throws -> KeyManager {
        let before = try await changes.read { try existing(id, draft.tenant, in: $0) }
        guard before.tenant == draft.tenant else { throw CatalogueError.globalKeyManagersAreForTheSuperTenant }
        guard draft.name == before.name else { throw CatalogueError.badRequest("name: a key manager cannot be renamed") }
        guard draft.type == before.type else { throw CatalogueError.badRequest("type: a key manager cannot change its type") }
        var manager = draft
        let type = try type(of: manager)
        manager.id = before.id
        manager.keepSecrets(of: before)
        manager.complete(with: type)
        try KeyManagerRules(type: type).check(manager)
        let keys = await keys(of: manager, at: context.milliseconds, known: before)
        return try await changes.change(context) { [manager] change in
            let current = try existing(id, manager.tenant, in: change)
            var manager = manager
            manager.version = current.version + 1
            try table.update(manager, keys: keys, at: context.milliseconds, in: change)
            if manager.isResident {
                try publication.publish(manager.tenant, in: change)
            } else {
                try publication.publish(manager, in: change)
            }
            try change.audit(
                "update", kind: "keyManager", id: manager.id, before: current.auditForm, after: manager.auditForm)
            return completed(manager)
        }
    }

    /// Throws a 412 for the resident key manager, and for one that is used.
    public func delete(id: String, from tenant: Tenant, uses: Use, _ context: ChangeContext) async throws {
        try await changes.change(context) { change in
            let manager = try existing(id, tenant, in: change)
            guard manager.tenant == tenant else { throw CatalogueError.globalKeyManagersAreForTheSuperTenant }
            if manager.isResident { throw CatalogueError.keyManagerInUse("The resident key manager cannot be deleted") }
            guard try !uses.isUsed(manager, tenant, change) else {
                throw CatalogueError.keyManagerInUse("APIs or applications use the key manager '\(manager.name)'")
            }
            try table.delete(manager, in: change)
            publication.withdraw(manager, in: change)
            try change.audit("delete", kind: "keyManager", id: manager.id, before: manager.auditForm)
        }
    }

    // MARK: Parts

    private func existing(_ id: String, _ tenant: Tenant, in connection: any SQLConnection) throws -> KeyManager {
        guard let manager = try table.find(id: id, tenant: tenant, in: connection) else {
            throw CatalogueError.keyManagerNotFound(id)
        }
        return manager
    }

    private func type(of manager: KeyManager) throws -> KeyManagerType {
        guard let type = KeyManagerType.named(manager.type) else {
            throw CatalogueError.unknownKeyManagerType(manager.type)
        }
        return type
    }

    /// Gets the keys of a key manager that is about to be stored.
    private func keys(
        of manager: KeyManager, at milliseconds: Int64, known: KeyManager? = nil
    ) async -> KeyManagerTable.Keys {
        switch manager.certificates?.kind {
        case nil: return .init(keySet: KeySetSource.noKeys, due: nil, problem: nil)
        case .pem:
            let keySet = KeySetSource.keySet(pem: manager.certificates?.value ?? "")
            return .init(keySet: keySet ?? KeySetSource.noKeys, due: nil, problem: nil)
        case .keySet: return await fetchedKeys(manager, at: milliseconds, known: known)
        }
    }

    private func fetchedKeys(
        _ manager: KeyManager, at milliseconds: Int64, known: KeyManager?
    ) async -> KeyManagerTable.Keys {
        do {
            let keySet = try await source.keySet(at: manager.certificates?.value ?? "")
            return .init(keySet: keySet, due: milliseconds + settings.keySetMilliseconds, problem: nil)
        } catch {
            logger.warning(
                "The keys of a key manager cannot be had.",
                metadata: ["keyManager": "\(manager.name)", "reason": "\(error.reason)"])
            // Old keys of the same place go on to count.
            let isSamePlace = known?.certificates == manager.certificates
            let old = isSamePlace ? try? await changes.read { try table.keys(id: manager.id, in: $0) } : nil
            return .init(
                keySet: old?.keySet ?? KeySetSource.noKeys, due: milliseconds + KeySetRefresh.retryMilliseconds,
                problem: error.reason)
        }
    }

    /// Fills in the endpoints of the platform's own key manager.
    func completed(_ manager: KeyManager) -> KeyManager {
        guard manager.isResident else { return manager }
        var manager = manager
        manager.issuer = settings.issuer(of: manager.tenant)
        let paths: [(KeyManagerEndpoint, String)] = [
            (.token, "/oauth2/token"), (.revocation, "/oauth2/revoke"), (.introspection, "/oauth2/introspect"),
            (.userInfo, "/oauth2/userinfo"), (.authorization, "/oauth2/authorize"),
        ]
        for (endpoint, path) in paths { manager[endpoint] = settings.endpoint(path, of: manager.tenant) }
        manager.certificates = .init(kind: .keySet, value: settings.endpoint("/oauth2/jwks", of: manager.tenant))
        if manager.grantTypes.isEmpty { manager.grantTypes = TokenEndpoint.grantTypes }
        return manager
    }
}

extension KeyManager {
    /// What stands for a secret in answers.
    public static let mask = "*****"

    /// Takes the type's claims where none are named, and sorts secrets out of the properties.
    mutating func complete(with type: KeyManagerType) {
        if consumerKeyClaim.isEmpty { consumerKeyClaim = type.consumerKeyClaim }
        if scopesClaim.isEmpty { scopesClaim = type.scopesClaim }
        if displayName.isEmpty { displayName = name }
        if organizations.isEmpty { organizations = ["ALL"] }
        for name in type.secretNames {
            if let value = properties[name]?.string, !value.isEmpty, value != Self.mask { secrets[name] = value }
            properties[name] = nil
        }
        guard isResident else { return }
        // These are the platform's own affair.
        certificates = nil
        endpoints = [:]
        issuer = ""
    }

    /// Keeps secrets that a request leaves out.
    fileprivate mutating func keepSecrets(of before: KeyManager) {
        secrets = before.secrets
    }

    /// What audit rows say: no secrets.
    fileprivate var auditForm: JSONValue {
        var form = document
        form["name"] = .string(name)
        form["type"] = .string(type)
        form["issuer"] = .string(issuer)
        form["enabled"] = JSONValue(isEnabled)
        return form
    }
}
