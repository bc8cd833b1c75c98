import Model
import Storage

/// Subscriptions as the publishers of APIs see them. All functions run inside of the caller's transaction.
public struct SubscriptionDirectory: Sendable {
    private let random: RandomSource

    public init(random: RandomSource) { self.random = random }

    /// How many applications are subscribed to the API.
    public func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> Int {
        try connection.first(
            "SELECT COUNT(*) AS total FROM subscription WHERE tenant_id = ? AND api_id = ?", [SQLValue(tenant), .text(id)]
        )?.int("total") ?? 0
    }

    /// A page of the subscriptions to the API, or to all APIs of the tenant for `nil`, oldest first, and their number. With a `name` only
    /// those whose application, or its owner, has it in the name.
    public func list(
        ofAPI id: String?, name: String = "", tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [SubscriberEntry], total: Int) {
        var condition = "tenant_id = ?" + (id == nil ? "" : " AND api_id = ?")
        var arguments: [SQLValue] = [.tenant(tenant)] + (id.map { [.text($0)] } ?? [])
        if !name.isEmpty {
            condition += """
                 AND application_id IN (SELECT id FROM application WHERE tenant_id = ?
                AND (lower(name) LIKE ? ESCAPE '!' OR lower(owner) LIKE ? ESCAPE '!'))
                """
            arguments += [.tenant(tenant), SQLPattern.containing(name), SQLPattern.containing(name)]
        }
        let total = try connection.first(
            "SELECT COUNT(*) AS total FROM subscription WHERE \(condition)", arguments)?.int("total")
        let rows = try connection.query(
            "SELECT * FROM subscription WHERE \(condition) ORDER BY number LIMIT ? OFFSET ?",
            arguments + [SQLValue(limit), SQLValue(offset)])
        let entries = try rows.compactMap { row in
            try entry(try SubscriptionTable.subscription(row, tenant: tenant), in: connection)
        }
        return (entries, total ?? 0)
    }

    /// The subscription of a tenant, or `nil`.
    public func find(id: String, tenant: Tenant, in connection: any SQLConnection) throws -> SubscriberEntry? {
        try SubscriptionTable.find(id: id, tenant: tenant, in: connection).flatMap { try entry($0, in: connection) }
    }

    /// Blocks, unblocks or otherwise sets the state of a subscription. Throws a 404 when the tenant has none of that id.
    public func setStatus(
        _ status: SubscriptionStatus, of id: String, in transaction: ChangeTransaction
    ) throws -> SubscriberEntry {
        try change(id, in: transaction) { $0.status = status }
    }

    /// Moves a subscription to another plan, also one that waited for a plan. Throws a 404 when the tenant has none of that id.
    public func setPlan(
        _ plan: String, of id: String, in transaction: ChangeTransaction
    ) throws -> SubscriberEntry {
        try change(id, in: transaction) { subscription in
            subscription.plan = plan
            subscription.requestedPlan = plan
            if subscription.status == .tierUpdatePending { subscription.status = .unblocked }
        }
    }

    private func change(
        _ id: String, in transaction: ChangeTransaction, _ edit: (inout Subscription) -> Void
    ) throws -> SubscriberEntry {
        let tenant = transaction.context.tenant
        guard let stored = try SubscriptionTable.find(id: id, tenant: tenant, in: transaction) else {
            throw CatalogueError.subscriptionNotFound(id)
        }
        var changed = stored
        edit(&changed)
        try SubscriptionTable.update(changed, in: transaction)
        changed.version += 1
        try transaction.audit("update", kind: "subscription", id: id, before: stored.auditForm, after: changed.auditForm)
        transaction.publish(.put(.subscription(GatewaySubscription(changed))))
        guard let entry = try entry(changed, in: transaction) else { throw CatalogueError.subscriptionNotFound(id) }
        return entry
    }

    /// Gives the subscribers of one version the same right to another one; who has it already keeps it as it is.
    public func copy(fromAPI id: String, toAPI target: String, in transaction: ChangeTransaction) throws {
        let tenant = transaction.context.tenant
        let existing = try SubscriptionTable.all(apiID: target, tenant: tenant, in: transaction)
        let subscribed = Set(existing.map(\.applicationID))
        for source in try SubscriptionTable.all(apiID: id, tenant: tenant, in: transaction)
        where !subscribed.contains(source.applicationID) {
            var copy = source
            copy.id = random.uuid()
            copy.number = try NumberSequence.next("subscription", in: transaction)
            copy.apiID = target
            copy.createdMilliseconds = transaction.context.milliseconds
            try SubscriptionTable.insert(copy, in: transaction)
            try transaction.audit("create", kind: "subscription", id: copy.id, after: copy.auditForm)
            transaction.publish(.put(.subscription(GatewaySubscription(copy))))
        }
    }

    /// Ends all subscriptions to the API, and all keys that are for it alone.
    public func removeAll(ofAPI id: String, in transaction: ChangeTransaction) throws {
        for subscription in try SubscriptionTable.all(apiID: id, tenant: transaction.context.tenant, in: transaction) {
            try SubscriptionTable.delete(subscription, in: transaction)
            try transaction.audit("delete", kind: "subscription", id: subscription.id, before: subscription.auditForm)
            transaction.publish(.remove(kind: .subscription, key: subscription.id))
        }
        try StoredAPIKeyTable.removeAll(ofAPI: id, in: transaction)
    }

    private func entry(_ subscription: Subscription, in connection: any SQLConnection) throws -> SubscriberEntry? {
        try ApplicationTable.find(id: subscription.applicationID, tenant: subscription.tenant, in: connection).map {
            SubscriberEntry(subscription: subscription, application: try ApplicationSummary($0, in: connection))
        }
    }
}

/// A subscription with the application that holds it.
public struct SubscriberEntry: Sendable, Hashable {
    public var subscription: Subscription
    public var application: ApplicationSummary
}
