import Documents
import Model
import Storage

/// What publishers do with the subscriptions to their APIs. Every change is live on the gateways when the call returns.
public struct SubscriptionService: Sendable {
    private let foundation: PublishingFoundation

    init(foundation: PublishingFoundation) { self.foundation = foundation }

    /// The subscriptions of one API, or of all that the caller sees for `nil`. `name` selects those whose application or subscriber has
    /// it in the name.
    public func list(
        ofAPI id: String?, name: String = "", limit: Int, offset: Int, for caller: Principal
    ) async throws -> (subscriptions: [PublisherSubscription], total: Int) {
        let register = foundation.subscriptions
        return try await foundation.changes.read { connection in
            if let id { _ = try APIAccess.visible(id, nil, to: caller, in: connection) }
            return try register.list(
                ofAPI: id, name: name, tenant: caller.tenant, limit: limit, offset: offset, in: connection)
        }
    }

    /// Takes the right to call away. Throws 900318 for a subscription that never had it.
    public func block(
        _ id: String, _ block: Block, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> PublisherSubscription {
        try await set(block == .everything ? .blocked : .productionBlocked, of: id, expects: expects, by: caller, context)
    }

    /// Gives a blocked subscription its right back. Throws 900318 for one that waits for approval or was rejected.
    public func unblock(
        _ id: String, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> PublisherSubscription {
        try await set(.unblocked, of: id, expects: expects, by: caller, context)
    }

    /// What a block stops.
    public enum Block: Sendable {
        case everything
        /// Sandbox keys go on.
        case production
    }

    /// Moves the subscription to another plan of the API. Throws 902022 unless it is active, 902019 for a plan that the API does not
    /// offer, 902023 for one that the subscriber's roles exclude.
    public func changePlan(
        of id: String, to plan: String, expects: Int64? = nil, by caller: Principal, _ context: ChangeContext
    ) async throws -> PublisherSubscription {
        guard !ThrottlingPolicy.internalPlanNames.contains(plan) else { throw CatalogueError.planIsInternal(plan) }
        let subscription = try await visible(id, for: caller)
        let offered = try await foundation.policies.policies(level: .subscription, of: caller.tenant)
        guard let policy = offered.first(where: { $0.name == plan }) else { throw CatalogueError.planIsNotOffered(plan) }
        let roles = try await foundation.roles.profile(ofUser: subscription.subscriber, in: caller.tenant)?.roles ?? []
        guard policy.plan?.isAllowed(for: roles) ?? true else { throw CatalogueError.planIsClosedToSubscriber(id) }
        let register = foundation.subscriptions
        return try await foundation.changes.change(context) { change in
            let (stored, api) = try Self.stored(id, expects: expects, for: caller, register, in: change)
            guard !stored.status.forbidsPlanChange, stored.status != .deletePending else {
                throw CatalogueError.planChangeNeedsActiveSubscription(id, state: stored.status.rawValue)
            }
            guard api.policies.contains(plan) else { throw CatalogueError.planIsNotOffered(plan) }
            return try register.setPlan(plan, of: id, in: change)
        }
    }

    /// Who subscribed; `nil` when the user is gone.
    public func subscriber(of id: String, for caller: Principal) async throws -> UserProfile? {
        let subscription = try await visible(id, for: caller)
        return try await foundation.roles.profile(ofUser: subscription.subscriber, in: caller.tenant)
    }

    private func visible(_ id: String, for caller: Principal) async throws -> PublisherSubscription {
        let register = foundation.subscriptions
        return try await foundation.changes.read { connection in
            try Self.stored(id, expects: nil, for: caller, register, in: connection).subscription
        }
    }

    private func set(
        _ status: SubscriptionStatus, of id: String, expects: Int64?, by caller: Principal, _ context: ChangeContext
    ) async throws -> PublisherSubscription {
        let register = foundation.subscriptions
        return try await foundation.changes.change(context) { change in
            let (stored, _) = try Self.stored(id, expects: expects, for: caller, register, in: change)
            guard stored.status.canBeBlocked else {
                throw CatalogueError.subscriptionStateForbidsChange(stored.status.rawValue)
            }
            // Whoever waits for another plan or for the end of the subscription is not blocked.
            if status == .unblocked, !stored.status.isBlocked { return stored }
            return try register.setStatus(status, of: id, in: change)
        }
    }

    /// A subscription to an API that the caller sees, and the API; a 404 for all others.
    private static func stored(
        _ id: String, expects: Int64?, for caller: Principal, _ register: any SubscriptionRegister,
        in connection: any SQLConnection
    ) throws -> (subscription: PublisherSubscription, api: APIRecord) {
        guard let subscription = try register.find(id, tenant: caller.tenant, in: connection),
            let api = try APIStore.find(subscription.apiID, tenant: caller.tenant.id, in: connection),
            APIAccess.isVisible(api, to: caller)
        else { throw CatalogueError.subscriptionNotFound(id) }
        guard expects == nil || expects == subscription.version else { throw CatalogueError.preconditionFailed }
        return (subscription, api)
    }
}

extension SubscriptionStatus {
    /// Whether the right to call was taken away by a publisher.
    var isBlocked: Bool { self == .blocked || self == .productionBlocked }

    /// Whether there is, or was, a right to call that can be taken away and given back.
    var canBeBlocked: Bool { self != .onHold && self != .rejected }
}
