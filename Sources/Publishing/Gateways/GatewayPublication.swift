import Model
import Storage

/// Tells the gateways about an API after its deployments, its lifecycle state or the choice of the default version changed.
struct GatewayPublication {
    let foundation: PublishingFoundation
    let environments: [GatewayEnvironment]

    /// Publishes every deployment of `api` as it is now. A retired API has none.
    func publish(_ api: APIRecord, in change: ChangeTransaction) throws {
        for deployment in try RevisionStore.deployments(ofAPI: api.id, tenant: api.tenantID, in: change) {
            guard let content = try RevisionStore.content(of: deployment.revisionID, tenant: api.tenantID, in: change) else {
                continue
            }
            let environment = environments.first { $0.name == deployment.environment }
            let compiler = GatewayCompiler(
                tenant: change.context.tenant,
                secrets: try foundation.unseal(content.sealedSecrets, of: .revision(deployment.revisionID)),
                policies: content.policies)
            var entity = try compiler.compile(
                api, document: content.document, definition: content.definition, deployment: deployment,
                isDefaultHost: environment?.isInstallation == true && environment?.virtualHosts.first?.host == deployment.vhost)
            entity.keyType = environment?.keyType
            if api.lifecycleState == .deprecated {
                entity.deprecatedMilliseconds = try Self.deprecation(of: api, in: change)
                entity.sunsetMilliseconds = SunsetProperty.milliseconds(in: api.document)
            }
            change.publish(.put(.api(entity)))
        }
    }

    private static func deprecation(of api: APIRecord, in change: ChangeTransaction) throws -> Int64 {
        let history = try LifecycleStore.list(ofAPI: api.id, tenant: api.tenantID, in: change)
        return history.last { $0.state == .deprecated }?.milliseconds ?? api.updatedMilliseconds
    }

    /// Takes `api` off the gateways of one environment.
    func withdraw(_ api: APIRecord, from environment: String, in change: ChangeTransaction) {
        change.publish(.remove(kind: .api, key: "\(api.id)/\(environment)"))
    }

    /// Lets the path without version lead to the chosen version, as soon as that one is deployed and open to callers. Until then, and while
    /// no other choice is made, it leads where it led before. Publishes the APIs for which that changed.
    func settleDefault(named name: String, in change: ChangeTransaction) throws {
        let versions = try APIStore.versions(named: name, tenant: change.context.tenant.id, in: change)
        let server = try self.server(among: versions, in: change)
        // Those that stop come first: two versions must never claim the path at once.
        for var api in versions where api.servesDefault && api.id != server?.id {
            api.servesDefault = false
            try APIStore.setServesDefault(api, in: change)
            try publish(api, in: change)
        }
        if var server, !server.servesDefault {
            server.servesDefault = true
            try APIStore.setServesDefault(server, in: change)
            try publish(server, in: change)
        }
    }

    private func server(among versions: [APIRecord], in change: ChangeTransaction) throws -> APIRecord? {
        guard let chosen = versions.first(where: \.isDefaultVersion) else { return nil }
        if chosen.lifecycleState != .created, try isDeployed(chosen, in: change) { return chosen }
        guard let present = versions.first(where: \.servesDefault), try isDeployed(present, in: change) else { return nil }
        return present
    }

    private func isDeployed(_ api: APIRecord, in change: ChangeTransaction) throws -> Bool {
        try !RevisionStore.deployments(ofAPI: api.id, tenant: api.tenantID, in: change).isEmpty
    }
}

extension APIStore {
    /// Writes only the flag, which is not part of what clients see and so keeps the row version.
    static func setServesDefault(_ api: APIRecord, in change: ChangeTransaction) throws {
        try change.execute(
            "UPDATE api SET serves_default = ? WHERE id = ? AND tenant_id = ?",
            [SQLValue(api.servesDefault), SQLValue(api.id), SQLValue(api.tenantID)])
    }
}
