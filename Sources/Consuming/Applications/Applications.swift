import Documents
import Model
import Storage

/// Applications of consumers. Everyone sees their own only.
public struct Applications: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    private let policies: any ThrottlingPolicySource
    private let clients: any ApplicationClients
    private let external: ExternalKeyManagers

    public init(
        changes: ChangeStore, random: RandomSource, policies: any ThrottlingPolicySource, clients: any ApplicationClients,
        external: ExternalKeyManagers
    ) {
        self.changes = changes
        self.random = random
        self.policies = policies
        self.clients = clients
        self.external = external
    }

    /// A page of the user's applications with the number of their subscriptions, and how many applications there are.
    public func list(
        _ query: ApplicationQuery, owner: Principal
    ) async throws -> (items: [ApplicationSummary], total: Int) {
        try await changes.read { connection in
            let (found, total) = try ApplicationTable.list(
                query, owner: owner.username, tenant: owner.tenant, in: connection)
            return (try found.map { try ApplicationSummary($0, in: connection) }, total)
        }
    }

    /// Throws a 404 for ids of other tenants, a 403 for applications of other users.
    public func find(id: String, principal: Principal) async throws -> ApplicationSummary {
        try await changes.read { connection in
            try ApplicationSummary(try ApplicationAccess.application(id, of: principal, in: connection), in: connection)
        }
    }

    /// Creates an application of `owner`, approved at once.
    public func create(_ draft: ApplicationDraft, owner: Principal, _ context: ChangeContext) async throws -> Application {
        try draft.check()
        let id = random.uuid()
        return try await changes.change(context) { transaction in
            try add(draft, id: id, owner: owner, in: transaction)
        }
    }

    /// Replaces what users may say of the application.
    public func update(
        id: String, to draft: ApplicationDraft, principal: Principal, _ context: ChangeContext
    ) async throws -> ApplicationSummary {
        try draft.check()
        return try await changes.change(context) { transaction in
            let stored = try ApplicationAccess.application(id, of: principal, in: transaction)
            let updated = stored.applying(draft, at: context.milliseconds)
            // Who has a policy keeps it, also when it is not offered any more.
            if updated.policy != stored.policy { try checkPolicy(updated.policy, tenant: updated.tenant, in: transaction) }
            if updated.name != stored.name { try checkFree(updated, in: transaction) }
            try ApplicationTable.update(updated, in: transaction)
            try transaction.audit(
                "update", kind: "application", id: id, before: stored.auditForm, after: updated.auditForm)
            transaction.publish(.put(.application(GatewayApplication(updated))))
            return try ApplicationSummary(updated, in: transaction)
        }
    }

    /// Deletes the application with its subscriptions, its keys and the clients that were made for them.
    public func delete(id: String, principal: Principal, _ context: ChangeContext) async throws {
        let elsewhere = try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try external.clients(of: application, in: connection)
        }
        try await changes.change(context) { transaction in
            let application = try ApplicationAccess.application(id, of: principal, in: transaction)
            for subscription in try SubscriptionTable.all(application: application, in: transaction) {
                try SubscriptionTable.delete(subscription, in: transaction)
                transaction.publish(.remove(kind: .subscription, key: subscription.id))
            }
            for mapping in try KeyMappingTable.all(application: application, in: transaction) {
                try KeyMappingTable.remove(mapping, in: transaction)
                if mapping.mode == .created { try clients.delete(mapping, in: transaction) }
            }
            try StoredAPIKeyTable.removeAll(of: application, in: transaction)
            try ApplicationTable.delete(application, in: transaction)
            try transaction.audit("delete", kind: "application", id: id, before: application.auditForm)
            transaction.publish(.remove(kind: .application, key: id))
        }
        for (manager, client) in elsewhere { await external.discard(client, at: manager) }
    }

    /// Adds an application inside of a transaction; `draft` has been checked.
    func add(
        _ draft: ApplicationDraft, id: String, owner: Principal, in transaction: ChangeTransaction
    ) throws -> Application {
        let now = transaction.context.milliseconds
        try checkPolicy(draft.policy, tenant: owner.tenant, in: transaction)
        var application = Application(
            id: id, number: 0, tenant: owner.tenant, owner: owner.username, name: draft.name,
            description: draft.description, policy: draft.policy, tokenType: draft.tokenType, status: .approved,
            attributes: draft.attributes, groups: draft.groups, visibility: draft.visibility, createdMilliseconds: now,
            updatedMilliseconds: now, version: 1)
        try checkFree(application, in: transaction)
        application.number = try NumberSequence.next("application", in: transaction)
        try ApplicationTable.insert(application, in: transaction)
        try transaction.audit("create", kind: "application", id: id, after: application.auditForm)
        transaction.publish(.put(.application(GatewayApplication(application))))
        return application
    }

    /// The policy of applications for which nobody has chosen one: `Unlimited`, or the first that is offered.
    func standardPolicy(tenant: Tenant, in connection: any SQLConnection) throws -> String {
        let offered = try policies.policies(.application, tenant: tenant, in: connection).map(\.name)
        let unlimited = ThrottlingPolicy.unlimitedName
        return offered.contains(unlimited) ? unlimited : offered.first ?? unlimited
    }

    private func checkPolicy(_ name: String, tenant: Tenant, in connection: any SQLConnection) throws {
        guard try policies.policy(.application, named: name, tenant: tenant, in: connection) != nil else {
            throw CatalogueError.invalidTier(name)
        }
    }

    private func checkFree(_ application: Application, in connection: any SQLConnection) throws {
        let namesake = try ApplicationTable.find(
            name: application.name, owner: application.owner, tenant: application.tenant, in: connection)
        if let namesake, namesake.id != application.id { throw CatalogueError.applicationExists(application.name) }
    }
}

/// An application with what is counted about it.
public struct ApplicationSummary: Sendable, Hashable {
    public var application: Application
    public var subscriptionCount: Int

    init(_ application: Application, in connection: any SQLConnection) throws {
        self.application = application
        subscriptionCount = try SubscriptionTable.count(application: application, in: connection)
    }
}

extension Application {
    fileprivate func applying(_ draft: ApplicationDraft, at milliseconds: Int64) -> Application {
        var application = self
        application.name = draft.name
        application.description = draft.description
        application.policy = draft.policy
        application.tokenType = draft.tokenType
        application.attributes = draft.attributes
        application.groups = draft.groups
        application.visibility = draft.visibility
        application.updatedMilliseconds = milliseconds
        application.version += 1
        return application
    }

    /// What audit rows say of an application.
    fileprivate var auditForm: JSONValue {
        [
            "name": JSONValue(name), "owner": JSONValue(owner), "description": JSONValue(description),
            "throttlingPolicy": JSONValue(policy), "tokenType": JSONValue(tokenType), "status": JSONValue(status.rawValue),
            "attributes": .object(JSONObject(strings: attributes)),
        ]
    }
}
