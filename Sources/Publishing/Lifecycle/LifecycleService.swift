import Documents
import Model
import Storage

/// Moves APIs from draft to retirement.
public struct LifecycleService: Sendable {
    /// Where an API stands and what may happen next.
    public struct Status: Sendable {
        public var api: APIRecord
        /// Whether an older version exists and this one is not published yet, so that the checklist applies.
        public var offersChecklist: Bool
    }

    private let foundation: PublishingFoundation
    private let kind: APIKind

    init(foundation: PublishingFoundation, kind: APIKind = .api) {
        self.foundation = foundation
        self.kind = kind
    }

    public func status(ofAPI id: String, for caller: Principal) async throws -> Status {
        try await foundation.changes.read { connection in
            try Self.status(of: try APIAccess.visible(id, kind, to: caller, in: connection), in: connection)
        }
    }

    public func history(ofAPI id: String, for caller: Principal) async throws -> [LifecycleEvent] {
        try await foundation.changes.read { connection in
            _ = try APIAccess.visible(id, kind, to: caller, in: connection)
            return try LifecycleStore.list(ofAPI: id, tenant: caller.tenant.id, in: connection)
        }
    }

    /// Carries out `action`. Throws 903234 with the allowed actions, 903223 without endpoint, 903224 without plan, 412 when the client
    /// `expects` another version of the API. Returns when the gateways work with the new state.
    public func perform(
        _ action: String, onAPI id: String, checklist: LifecycleChecklist = LifecycleChecklist(), expects: Int64? = nil,
        by caller: Principal, _ context: ChangeContext
    ) async throws -> Status {
        let environments = try await foundation.environments.environments(of: caller.tenant)
        let subscriptions = foundation.subscriptions
        let step = LifecycleStep(
            publication: GatewayPublication(foundation: foundation, environments: environments), subscriptions: subscriptions,
            scopes: ScopeRules(foundation: foundation), user: caller.displayName)
        return try await foundation.changes.change(context) { change in
            let api = try APIAccess.visible(id, kind, to: caller, in: change)
            try APIAccess.check(expects, of: api)
            guard let known = LifecycleAction(rawValue: action), let target = api.lifecycleState.target(of: known) else {
                throw CatalogueError.lifecycleActionUnsupported(action, allowed: api.lifecycleState.transitions.map(\.action))
            }
            if target == .published, api.lifecycleState.isDraft { try Self.checkPublishable(api) }
            if target == .retired, api.isDiscovered { throw CatalogueError.retireOfDiscovered(id) }
            if target == .published, api.lifecycleState.isDraft {
                try step.followUp(publishing: api, checklist, in: change)
            }
            let moved = try step.move(api, to: target, in: change)
            return try Self.status(of: moved, in: change)
        }
    }

    /// Withdraws a change that waits for approval; no change waits while every change is approved at once.
    public func withdrawPendingChange(ofAPI id: String, for caller: Principal) async throws {
        _ = try await status(ofAPI: id, for: caller)
        throw CatalogueError.noPendingTask
    }

    private static func checkPublishable(_ api: APIRecord) throws {
        if api.isThirdParty {
            let address = api.document["advertiseInfo"]?["apiExternalProductionEndpoint"]?.string ?? ""
            let other = api.document["advertiseInfo"]?["apiExternalSandboxEndpoint"]?.string ?? ""
            guard api.endpointConfig != nil || !address.isEmpty || !other.isEmpty else {
                throw CatalogueError.publishingNeedsEndpoint(api.id)
            }
            return
        }
        let needsEndpoint = api.kind == .api
        let isMock = api.document["endpointImplementationType"]?.string ?? "ENDPOINT" != "ENDPOINT"
        guard !needsEndpoint || isMock || !(api.endpointConfig ?? JSONObject()).isEmpty else {
            throw CatalogueError.publishingNeedsEndpoint(api.id)
        }
        guard !api.securitySchemes.contains("oauth2") || !api.policies.isEmpty || api.isDiscovered else {
            throw CatalogueError.publishingNeedsPlan(api.id)
        }
    }

    private static func status(of api: APIRecord, in connection: any SQLConnection) throws -> Status {
        guard api.lifecycleState.isDraft else { return Status(api: api, offersChecklist: false) }
        let versions = try APIStore.versions(named: api.name, tenant: api.tenantID, in: connection)
        return Status(api: api, offersChecklist: versions.contains { $0.number < api.number })
    }
}

/// The parts of a lifecycle change within its transaction.
struct LifecycleStep {
    let publication: GatewayPublication
    let subscriptions: any SubscriptionRegister
    let scopes: ScopeRules
    let user: String

    /// Writes the new state and tells the gateways. Retiring ends the subscriptions and removes deployments and revisions.
    func move(_ api: APIRecord, to state: LifecycleState, in change: ChangeTransaction) throws -> APIRecord {
        var moved = api
        moved.lifecycleState = state
        moved.updatedMilliseconds = change.context.milliseconds
        moved.updatedBy = user
        moved = try APIStore.update(moved, in: change)
        let event = LifecycleEvent(
            previous: api.lifecycleState, state: state, user: user, milliseconds: change.context.milliseconds)
        try LifecycleStore.append(event, ofAPI: api.id, in: change)
        if state == .retired { try retire(moved, in: change) } else { try publication.publish(moved, in: change) }
        try publication.settleDefault(named: api.name, in: change)
        try change.audit(
            "lifecycle", kind: api.kind.auditName, id: api.id,
            before: ["lifeCycleStatus": JSONValue(api.lifecycleState.rawValue)],
            after: ["lifeCycleStatus": JSONValue(state.rawValue)])
        return moved
    }

    /// What publishing a version means for the versions before it.
    func followUp(publishing api: APIRecord, _ checklist: LifecycleChecklist, in change: ChangeTransaction) throws {
        let older = try APIStore.versions(named: api.name, tenant: api.tenantID, in: change).filter { $0.number < api.number }
        if !checklist.requiresResubscription, let latest = older.last {
            try subscriptions.copy(fromAPI: latest.id, toAPI: api.id, in: change)
        }
        guard checklist.deprecatesOldVersions else { return }
        for version in older where version.lifecycleState == .published {
            _ = try move(version, to: .deprecated, in: change)
        }
    }

    private func retire(_ api: APIRecord, in change: ChangeTransaction) throws {
        try subscriptions.removeAll(ofAPI: api.id, in: change)
        for deployment in try RevisionStore.deployments(ofAPI: api.id, tenant: api.tenantID, in: change) {
            try RevisionStore.undeploy(deployment.environment, ofAPI: api.id, in: change)
            publication.withdraw(api, from: deployment.environment, in: change)
        }
        for revision in try RevisionStore.list(ofAPI: api.id, tenant: api.tenantID, in: change) {
            try RevisionStore.delete(revision, in: change)
        }
    }
}
