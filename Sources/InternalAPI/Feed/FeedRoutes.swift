import ContractRouter
import Model
import Operating
import Storage

/// The feed that gateways read, and what they report (`docs/gateways.md`).
public struct FeedRoutes: Sendable {
    private let tokens: GatewayTokens
    private let gateways: RemoteGateways
    private let reader: GatewayRecordReader
    private let tenant: GatewayTokens.TenantLookUp
    private let revoke: @Sendable (SpentToken) async -> Void
    private let heartbeatSeconds: Int
    private let decisions: ReceivedDecisions

    /// - Parameter revoke: has no gateway take a token any more.
    public init(
        tokens: GatewayTokens, gateways: RemoteGateways, reader: GatewayRecordReader,
        tenant: @escaping GatewayTokens.TenantLookUp, revoke: @escaping @Sendable (SpentToken) async -> Void,
        heartbeatSeconds: Int, decisions: ReceivedDecisions = ReceivedDecisions()
    ) {
        self.tokens = tokens
        self.gateways = gateways
        self.reader = reader
        self.tenant = tenant
        self.revoke = revoke
        self.heartbeatSeconds = heartbeatSeconds
        self.decisions = decisions
    }

    public func register(in table: inout HandlerTable) {
        table.route("GET", FeedProtocol.feedPath, feed)
        table.route("POST", FeedProtocol.reportPath, report)
    }

    private func feed(_ request: APIRequest) async throws -> APIResponse {
        let token = try await tokens.verify(GatewayCredential.text(of: request))
        let asked = try FeedRequest(request)
        let (scope, tenants, environments) = try await asked.scope(of: token, tenant: tenant)
        if let position = asked.position, try await reader.changes(after: position) == .gone { throw CatalogueError.feedGone }
        try await tokens.noteUse(token, at: request.milliseconds)
        let instance = GatewayInstance(
            id: asked.gatewayID, owner: token.tenant, token: token.name, environments: environments, tenants: tenants,
            host: asked.host.isEmpty ? request.clientAddress : asked.host, version: asked.version,
            startedMilliseconds: asked.startedMilliseconds, activeMilliseconds: request.milliseconds, isConnected: true,
            acknowledged: asked.position?.sequence ?? 0)
        let isCompressed = request.headers["accept-encoding"]?.contains("gzip") ?? false
        let stream = FeedStream(
            reader: reader, gateways: gateways, instance: instance, tokenID: token.id, scope: scope, start: asked.position,
            heartbeatSeconds: heartbeatSeconds, isCompressed: isCompressed)
        return APIResponse(
            headers: isCompressed ? [("Content-Encoding", "gzip")] : [],
            body: .stream(BodyStream(stream.produce), contentType: FeedProtocol.contentType))
    }

    private func report(_ request: APIRequest) async throws -> APIResponse {
        let token = try await tokens.verify(GatewayCredential.text(of: request))
        let report = try GatewayReport(request.json)
        let gateway = GatewayIdentity(owner: token.tenant.id, id: report.gatewayID)
        let isOpen = try await gateways.report(
            from: gateway, session: report.session, acknowledged: report.acknowledged, failures: report.failures)
        guard isOpen else { throw CatalogueError.feedSessionUnknown }
        decisions.take(report.decisions, from: report.gatewayID, token: token)
        if let answer = report.answer {
            await gateways.take(answer.value, to: answer.question, from: gateway, session: report.session)
        }
        for spent in report.spentTokens {
            guard token.reaches(spent.tenantDomain) else { throw CatalogueError.feedForbidden(tenant: spent.tenantDomain) }
            // A tenant that is gone has taken its tokens along.
            guard let found = try await tenant(spent.tenantDomain) else { continue }
            await revoke(
                SpentToken(
                    id: spent.id, tenant: found.id, tenantDomain: found.domain, expiresMilliseconds: spent.expiresMilliseconds))
        }
        return .ok([:])
    }
}

extension GatewayToken {
    /// Whether gateways with this token may have anything to do with a tenant.
    fileprivate func reaches(_ domain: String) -> Bool {
        tenants.isEmpty ? tenant == .superTenant || tenant.domain == domain : tenants.contains(domain)
    }
}
