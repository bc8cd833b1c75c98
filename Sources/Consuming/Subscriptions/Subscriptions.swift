import Documents
import Model
import Storage

/// Subscriptions of applications to APIs. Everyone sees those of their own applications only.
public struct Subscriptions: Sendable {
    private let changes: ChangeStore
    private let random: RandomSource
    private let rules: SubscriptionRules

    public init(changes: ChangeStore, random: RandomSource, policies: any ThrottlingPolicySource) {
        self.changes = changes
        self.random = random
        rules = SubscriptionRules(policies: policies)
    }

    /// All subscriptions of the application.
    public func list(application id: String, principal: Principal) async throws -> [SubscriptionView] {
        try await changes.read { connection in
            let application = try ApplicationAccess.application(id, of: principal, in: connection)
            return try SubscriptionTable.all(application: application, in: connection)
                .map { try SubscriptionView($0, application: application, in: connection) }
        }
    }

    /// The subscriptions of all applications of the user to the API.
    public func list(api id: String, principal: Principal) async throws -> [SubscriptionView] {
        try await changes.read { connection in
            try SubscriptionTable.all(apiID: id, tenant: principal.tenant, in: connection).compactMap { subscription in
                guard
                    let application = try? ApplicationAccess.application(
                        subscription.applicationID, of: principal, in: connection)
                else { return nil }
                return try SubscriptionView(subscription, application: application, in: connection)
            }
        }
    }

    /// Throws a 404 for ids of other tenants, a 403 for subscriptions of other users.
    public func find(id: String, principal: Principal) async throws -> SubscriptionView {
        try await changes.read { connection in
            let (subscription, application) = try Self.stored(id, of: principal, in: connection)
            return try SubscriptionView(subscription, application: application, in: connection)
        }
    }

    /// Subscribes, active at once.
    public func create(
        _ request: SubscriptionRequest, principal: Principal, _ context: ChangeContext
    ) async throws -> SubscriptionView {
        let id = random.uuid()
        return try await changes.change(context) { try add(request, id: id, principal: principal, in: $0) }
    }

    /// Subscribes to several APIs; one that is refused refuses all.
    public func create(
        _ requests: [SubscriptionRequest], principal: Principal, _ context: ChangeContext
    ) async throws -> [SubscriptionView] {
        let identified = requests.map { (id: random.uuid(), request: $0) }
        return try await changes.change(context) { transaction in
            try identified.map { try add($0.request, id: $0.id, principal: principal, in: transaction) }
        }
    }

    /// Changes the business plan.
    /// - Parameter status: the status as the client knows it.
    public func changePlan(
        id: String, to plan: String, status: SubscriptionStatus, principal: Principal, _ context: ChangeContext
    ) async throws -> SubscriptionView {
        try await changes.change(context) { transaction in
            let (stored, application) = try Self.stored(id, of: principal, in: transaction)
            for state in [status, stored.status] where state.forbidsPlanChange {
                throw CatalogueError.subscriptionStateForbidsChange(state.rawValue)
            }
            let api = try PublishedAPIs.visible(
                stored.apiID, tenant: principal.tenant, viewer: principal, in: transaction)
            try rules.checkPlan(plan, of: api, principal: principal, in: transaction)
            var changed = stored
            changed.plan = plan
            changed.requestedPlan = plan
            try SubscriptionTable.update(changed, in: transaction)
            changed.version += 1
            try transaction.audit(
                "update", kind: "subscription", id: id, before: stored.auditForm, after: changed.auditForm)
            transaction.publish(.put(.subscription(GatewaySubscription(changed))))
            return try SubscriptionView(changed, application: application, in: transaction)
        }
    }

    public func delete(id: String, principal: Principal, _ context: ChangeContext) async throws {
        try await changes.change(context) { transaction in
            let (subscription, _) = try Self.stored(id, of: principal, in: transaction)
            try SubscriptionTable.delete(subscription, in: transaction)
            try transaction.audit("delete", kind: "subscription", id: id, before: subscription.auditForm)
            transaction.publish(.remove(kind: .subscription, key: id))
        }
    }

    private func add(
        _ request: SubscriptionRequest, id: String, principal: Principal, in transaction: ChangeTransaction
    ) throws -> SubscriptionView {
        let application = try rules.check(request, principal: principal, in: transaction)
        let subscription = Subscription(
            id: id, number: try NumberSequence.next("subscription", in: transaction), tenant: application.tenant,
            applicationID: application.id, apiID: request.apiID, plan: request.plan, requestedPlan: request.plan,
            status: .unblocked, createdMilliseconds: transaction.context.milliseconds, version: 1)
        try SubscriptionTable.insert(subscription, in: transaction)
        try transaction.audit("create", kind: "subscription", id: id, after: subscription.auditForm)
        transaction.publish(.put(.subscription(GatewaySubscription(subscription))))
        return try SubscriptionView(subscription, application: application, in: transaction)
    }

    private static func stored(
        _ id: String, of principal: Principal, in connection: any SQLConnection
    ) throws -> (Subscription, Application) {
        guard let subscription = try SubscriptionTable.find(id: id, tenant: principal.tenant, in: connection) else {
            throw CatalogueError.subscriptionNotFound(id)
        }
        let application = try ApplicationAccess.application(
            subscription.applicationID, of: principal, in: connection)
        return (subscription, application)
    }
}

extension Subscription {
    /// What audit rows say of a subscription.
    var auditForm: JSONValue {
        [
            "application": JSONValue(applicationID), "api": JSONValue(apiID), "plan": JSONValue(plan),
            "status": JSONValue(status.rawValue),
        ]
    }
}
