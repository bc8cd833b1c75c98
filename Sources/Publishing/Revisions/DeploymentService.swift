import Documents
import Model
import Storage

/// Brings revisions to gateway environments and takes them off again. Every call returns when the gateways work with the change.
public struct DeploymentService: Sendable {
    /// One environment of a deploy or undeploy request.
    public struct Target: Sendable, Hashable {
        public var environment: String
        public var vhost: String?
        public var displaysOnDevPortal: Bool

        public init(environment: String, vhost: String?, displaysOnDevPortal: Bool = true) {
            self.environment = environment
            self.vhost = vhost
            self.displaysOnDevPortal = displaysOnDevPortal
        }
    }

    /// Which revision a request means.
    public enum Selection: Sendable, Hashable {
        case id(String)
        case number(String)
    }

    private let foundation: PublishingFoundation
    private let kind: APIKind

    init(foundation: PublishingFoundation, kind: APIKind = .api) {
        self.foundation = foundation
        self.kind = kind
    }

    /// The environments to which the tenant can deploy.
    public func environments(of tenant: Tenant) async throws -> [GatewayEnvironment] {
        try await foundation.environments.environments(of: tenant)
    }

    public func list(ofAPI id: String, for caller: Principal) async throws -> [RevisionDeployment] {
        try await foundation.changes.read { connection in
            _ = try APIAccess.visible(id, kind, to: caller, in: connection)
            return try RevisionStore.deployments(ofAPI: id, tenant: caller.tenant.id, in: connection)
        }
    }

    /// Puts a revision on the environments, in place of what is there. Returns all deployments of the API.
    public func deploy(
        _ revisionID: String, ofAPI id: String, to targets: [Target], by caller: Principal, _ context: ChangeContext
    ) async throws -> [RevisionDeployment] {
        let environments = try await environments(of: caller.tenant)
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, kind, by: caller, in: change)
            if api.isThirdParty { throw CatalogueError.deploymentOfThirdParty(id) }
            if api.lifecycleState == .retired { throw CatalogueError.deploymentOfRetired(id) }
            let revision = try RevisionStore.require(revisionID, ofAPI: id, tenant: api.tenantID, in: change)
            let content = try RevisionStore.content(of: revision.id, tenant: api.tenantID, in: change)
            try content?.policies.checkRunnable()
            for target in targets {
                let vhost = try Self.checkedHost(target, environments)
                let deployment = RevisionDeployment(
                    revisionID: revision.id, environment: target.environment, vhost: vhost,
                    displaysOnDevPortal: target.displaysOnDevPortal, deployedMilliseconds: context.milliseconds)
                try RevisionStore.deploy(deployment, ofAPI: id, in: change)
            }
            let publication = GatewayPublication(foundation: foundation, environments: environments)
            try publication.publish(api, in: change)
            try publication.settleDefault(named: api.name, in: change)
            try Self.audit("deploy", revision, targets.map(\.environment), in: change)
            return try RevisionStore.deployments(ofAPI: id, tenant: api.tenantID, in: change)
        }
    }

    /// Takes a revision off the environments (`nil`: off all). Returns what is left of the revision's deployments.
    public func undeploy(
        _ selection: Selection, ofAPI id: String, from names: [String]?, by caller: Principal, _ context: ChangeContext
    ) async throws -> [RevisionDeployment] {
        let environments = try await environments(of: caller.tenant)
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, kind, by: caller, in: change)
            let revision = try Self.find(selection, api, in: change)
            let present = try RevisionStore.deployments(ofAPI: id, tenant: api.tenantID, in: change)
                .filter { $0.revisionID == revision.id }
            for name in names ?? [] where !present.contains(where: { $0.environment == name }) {
                guard environments.contains(where: { $0.name == name }) else { throw CatalogueError.environmentInvalid(name) }
            }
            let leaving = present.filter { names?.contains($0.environment) ?? true }
            let publication = GatewayPublication(foundation: foundation, environments: environments)
            for deployment in leaving {
                try RevisionStore.undeploy(deployment.environment, ofAPI: id, in: change)
                publication.withdraw(api, from: deployment.environment, in: change)
            }
            try publication.settleDefault(named: api.name, in: change)
            try Self.audit("undeploy", revision, leaving.map(\.environment), in: change)
            return present.filter { !leaving.contains($0) }
        }
    }

    /// Changes whether developer portals show the deployment on `environment`.
    public func setDisplayed(
        _ displays: Bool, environment: String, ofAPI id: String, by caller: Principal, _ context: ChangeContext
    ) async throws -> RevisionDeployment {
        try await foundation.changes.change(context) { change in
            let api = try APIAccess.editable(id, kind, by: caller, in: change)
            let all = try RevisionStore.deployments(ofAPI: id, tenant: api.tenantID, in: change)
            guard var deployment = all.first(where: { $0.environment == environment }) else {
                throw CatalogueError.deploymentNotFound(environment)
            }
            deployment.displaysOnDevPortal = displays
            try RevisionStore.deploy(deployment, ofAPI: id, in: change)
            try change.audit(
                "update", kind: "api-deployment", id: "\(id)/\(environment)", after: ["displayOnDevportal": JSONValue(displays)]
            )
            return deployment
        }
    }

    private static func checkedHost(_ target: Target, _ environments: [GatewayEnvironment]) throws -> String {
        guard let environment = environments.first(where: { $0.name == target.environment }) else {
            throw CatalogueError.environmentInvalid(target.environment)
        }
        guard environment.mode != "READ_ONLY" else { throw CatalogueError.environmentReadOnly(environment.name) }
        guard let given = target.vhost, !given.isEmpty else { throw CatalogueError.vhostMissing }
        guard let host = environment.virtualHosts.first(where: { $0.host == given || $0.webSocketHost == given }) else {
            throw CatalogueError.vhostInvalid(given)
        }
        return host.host
    }

    private static func find(_ selection: Selection, _ api: APIRecord, in change: ChangeTransaction) throws -> Revision {
        switch selection {
        case .id(let id): return try RevisionStore.require(id, ofAPI: api.id, tenant: api.tenantID, in: change)
        case .number(let number):
            let all = try RevisionStore.list(ofAPI: api.id, tenant: api.tenantID, in: change)
            guard let revision = all.first(where: { String($0.number) == number }) else {
                throw CatalogueError.revisionNumberNotFound(number)
            }
            return revision
        }
    }

    private static func audit(
        _ action: String, _ revision: Revision, _ environments: [String], in change: ChangeTransaction
    ) throws {
        try change.audit(
            action, kind: "api-revision", id: revision.id,
            after: ["apiId": JSONValue(revision.apiID), "environments": JSONValue(environments)])
    }
}
