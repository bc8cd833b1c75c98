import Documents
import Model
import OutgoingHTTP
import Storage

/// The certificates of backends, one set for the whole tenant (`docs/certificates.md`). Every change is live when the call returns.
public struct EndpointCertificateService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// A page of the tenant's certificates, and their number.
    public func list(
        alias: String?, endpoint: String?, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (certificates: [EndpointCertificate], total: Int) {
        try await foundation.changes.read { connection in
            try EndpointCertificateStore.list(
                alias: alias, endpoint: endpoint, tenant: caller.tenant.id, limit: limit, offset: offset, in: connection)
        }
    }

    /// What the first certificate says, and all of them as PEM.
    public func content(_ alias: String, for caller: Principal) async throws -> (details: CertificateDetails, pem: String) {
        let stored = try await foundation.changes.read { try Self.require(alias, caller.tenant, in: $0) }
        let certificates = try stored.certificates.map { try UploadedCertificate(base64: $0) }
        guard let first = certificates.first else { throw CatalogueError.notFound("Certificate", id: alias) }
        return (first.details, certificates.map(\.pem).joined())
    }

    /// Adds a certificate. Throws a 409 for an alias that is taken, a 400 for what is no certificate or has expired, or no endpoint.
    public func add(
        _ alias: String, endpoint: String, file: [UInt8], by caller: Principal, _ context: ChangeContext
    ) async throws -> EndpointCertificate {
        try CertificateRules.check(alias: alias)
        guard endpoint.utf8.count <= 1000, OutgoingURL(endpoint) != nil else {
            throw CatalogueError.badRequest("endpoint: a URL with scheme and host is expected")
        }
        let certificates = try CertificateRules.valid(file, at: context.milliseconds)
        return try await foundation.changes.change(context) { change in
            let tenant = change.context.tenant.id
            guard try EndpointCertificateStore.find(alias, tenant: tenant, in: change) == nil else {
                throw CatalogueError.certificateAliasExists(alias)
            }
            let added = EndpointCertificate(
                alias: alias, endpoint: endpoint, rowVersion: 1, certificates: certificates.map(\.base64))
            try EndpointCertificateStore.put(added, tenant: tenant, in: change)
            try change.audit("create", kind: "endpoint-certificate", id: alias, after: added.auditForm)
            return added
        }
    }

    /// Replaces the certificate of an alias; its endpoint stays.
    public func update(
        _ alias: String, file: [UInt8], by caller: Principal, _ context: ChangeContext
    ) async throws -> EndpointCertificate {
        let certificates = try CertificateRules.valid(file, at: context.milliseconds)
        return try await foundation.changes.change(context) { change in
            let stored = try Self.require(alias, change.context.tenant, in: change)
            var updated = stored
            updated.certificates = certificates.map(\.base64)
            updated.rowVersion += 1
            try EndpointCertificateStore.put(updated, tenant: change.context.tenant.id, in: change)
            try change.audit(
                "update", kind: "endpoint-certificate", id: alias, before: stored.auditForm, after: updated.auditForm)
            return updated
        }
    }

    public func delete(_ alias: String, by caller: Principal, _ context: ChangeContext) async throws {
        try await foundation.changes.change(context) { change in
            let stored = try Self.require(alias, change.context.tenant, in: change)
            try EndpointCertificateStore.delete(stored, tenant: change.context.tenant.id, in: change)
            try change.audit("delete", kind: "endpoint-certificate", id: alias, before: stored.auditForm)
        }
    }

    /// The certificates in DER form that gateways trust for the server of a URL, as the caller's tenant has uploaded them.
    func trusted(for url: String, by caller: Principal) async throws -> [[UInt8]] {
        guard let origin = Origin(url) else { return [] }
        return try await foundation.changes.read { connection in
            let all = try EndpointCertificateStore.list(
                alias: nil, endpoint: origin.host, tenant: caller.tenant.id, limit: 1000, offset: 0, in: connection)
            let own = all.certificates.filter { Origin($0.endpoint) == origin }
            return try own.flatMap(\.certificates).map { try UploadedCertificate(base64: $0).der }
        }
    }

    /// The APIs that the caller sees whose endpoints are on the certificate's host, newest first, and their number.
    public func usage(
        of alias: String, limit: Int, offset: Int, for caller: Principal
    ) async throws -> (apis: [APIRecord], total: Int) {
        try await foundation.changes.read { connection in
            let stored = try Self.require(alias, caller.tenant, in: connection)
            guard let origin = Origin(stored.endpoint) else { return ([], 0) }
            let search = try APISearch(SearchQuery("endpointconfig:\(origin.host)", defaultKey: "name"), .api, for: caller)
            let rows = try connection.query(
                """
                SELECT \(APIStore.columns) FROM api WHERE \(search.condition)
                ORDER BY api.created_at DESC, api.number DESC
                """, search.arguments)
            let using = try rows.map(APIStore.record).filter { api in
                Endpoints.urls(in: api.endpointConfig).contains { Origin($0) == origin }
            }
            return (Array(using.dropFirst(offset).prefix(limit)), using.count)
        }
    }

    private static func require(
        _ alias: String, _ tenant: Tenant, in connection: any SQLConnection
    ) throws -> EndpointCertificate {
        guard let found = try EndpointCertificateStore.find(alias, tenant: tenant.id, in: connection) else {
            throw CatalogueError.notFound("Certificate", id: alias)
        }
        return found
    }

    /// Host and port of an endpoint.
    private struct Origin: Equatable {
        var host: String
        var port: Int

        init?(_ url: String) {
            guard let parsed = OutgoingURL(url) else { return nil }
            host = parsed.host
            port = parsed.port ?? (parsed.scheme == "http" || parsed.scheme == "ws" ? 80 : 443)
        }
    }
}

extension EndpointCertificate {
    /// What audit rows say of it.
    fileprivate var auditForm: JSONValue {
        ["endpoint": JSONValue(endpoint), "certificates": JSONValue(certificates)]
    }
}
