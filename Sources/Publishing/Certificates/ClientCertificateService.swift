import Documents
import Model
import Storage

/// The certificates with which clients call APIs over mutual TLS (`docs/certificates.md`). Every change is live when the call returns.
public struct ClientCertificateService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// The certificates of an API for one key type, ordered by alias.
    public func list(
        ofAPI id: String, _ keyType: KeyType, alias: String?, for caller: Principal
    ) async throws -> [ClientCertificate] {
        try await foundation.changes.read { connection in
            _ = try APIAccess.visible(id, nil, to: caller, in: connection)
            return try ClientCertificateStore.list(
                ofAPI: id, keyType, alias: alias, tenant: caller.tenant.id, in: connection)
        }
    }

    /// What the certificate says, and the certificate itself as PEM.
    public func content(
        _ alias: String, _ keyType: KeyType, ofAPI id: String, for caller: Principal
    ) async throws -> (details: CertificateDetails, pem: String) {
        let stored = try await foundation.changes.read { connection in
            _ = try APIAccess.visible(id, nil, to: caller, in: connection)
            return try Self.require(alias, keyType, ofAPI: id, tenant: caller.tenant, in: connection)
        }
        let certificate = try UploadedCertificate(base64: stored.certificate)
        return (certificate.details, certificate.pem)
    }

    /// Adds a certificate. Throws a 409 for an alias that is taken, a 400 for what is no certificate or has expired, 900305 for an unknown
    /// plan.
    public func add(
        _ alias: String, _ keyType: KeyType, toAPI id: String, file: [UInt8], policy: String, by caller: Principal,
        _ context: ChangeContext
    ) async throws -> ClientCertificate {
        try CertificateRules.check(alias: alias)
        let certificate = try CertificateRules.single(file, at: context.milliseconds)
        try await checkPolicy(policy, caller.tenant)
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, nil, by: caller, in: change)
            guard try ClientCertificateStore.find(keyType, alias, tenant: api.tenantID, in: change) == nil else {
                throw CatalogueError.certificateAliasExists(alias)
            }
            let added = ClientCertificate(
                apiID: id, keyType: keyType, alias: alias, policy: policy, rowVersion: 1, certificate: certificate.base64)
            try ClientCertificateStore.put(added, tenant: api.tenantID, in: change)
            try change.audit(
                "create", kind: "client-certificate", id: added.entityKey(tenant: api.tenantID), after: added.auditForm)
            return added
        }
    }

    /// Replaces the certificate, the plan, or both; `nil` keeps what is.
    public func update(
        _ alias: String, _ keyType: KeyType, ofAPI id: String, file: [UInt8]?, policy: String?, by caller: Principal,
        _ context: ChangeContext
    ) async throws -> ClientCertificate {
        let certificate = try file.map { try CertificateRules.single($0, at: context.milliseconds) }
        if let policy { try await checkPolicy(policy, caller.tenant) }
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, nil, by: caller, in: change)
            let stored = try Self.require(alias, keyType, ofAPI: id, tenant: caller.tenant, in: change)
            var updated = stored
            updated.policy = policy ?? stored.policy
            updated.certificate = certificate?.base64 ?? stored.certificate
            updated.rowVersion += 1
            try ClientCertificateStore.put(updated, tenant: api.tenantID, in: change)
            try change.audit(
                "update", kind: "client-certificate", id: updated.entityKey(tenant: api.tenantID),
                before: stored.auditForm, after: updated.auditForm)
            return updated
        }
    }

    public func delete(
        _ alias: String, _ keyType: KeyType, ofAPI id: String, by caller: Principal, _ context: ChangeContext
    ) async throws {
        try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, nil, by: caller, in: change)
            let stored = try Self.require(alias, keyType, ofAPI: id, tenant: caller.tenant, in: change)
            try ClientCertificateStore.delete(stored, tenant: api.tenantID, in: change)
            try change.audit(
                "delete", kind: "client-certificate", id: stored.entityKey(tenant: api.tenantID), before: stored.auditForm)
        }
    }

    private func checkPolicy(_ name: String, _ tenant: Tenant) async throws {
        let known = try await foundation.policies.policies(level: .subscription, of: tenant)
        guard known.contains(where: { $0.name == name }) else { throw CatalogueError.tierInvalid([name]) }
    }

    private static func require(
        _ alias: String, _ keyType: KeyType, ofAPI id: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ClientCertificate {
        guard let found = try ClientCertificateStore.find(keyType, alias, tenant: tenant.id, in: connection),
            found.apiID == id
        else { throw CatalogueError.notFound("Certificate", id: alias) }
        return found
    }
}

extension ClientCertificate {
    /// What audit rows say of it.
    fileprivate var auditForm: JSONValue {
        ["apiId": JSONValue(apiID), "tier": JSONValue(policy), "certificate": JSONValue(certificate)]
    }
}
