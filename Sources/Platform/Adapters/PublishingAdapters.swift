import Consuming
import Identity
import Model
import Operating
import Publishing
import Storage

/// The environments that administrators keep, as publishing sees them.
struct StoredEnvironments: EnvironmentDirectory {
    let environments: Environments

    func environments(of tenant: Tenant) async throws -> [GatewayEnvironment] {
        try await environments.list(tenant: tenant)
    }
}

/// The throttling policies that administrators keep, as publishing sees them.
struct StoredPolicies: PolicyDirectory {
    let changes: ChangeStore
    let catalogue: PolicyCatalogue

    func policies(level: ThrottlingLevel, of tenant: Tenant) async throws -> [ThrottlingPolicy] {
        try await changes.read { try catalogue.policies(level, tenant: tenant, in: $0) }
    }
}

/// The throttling policies as subscribers' rules see them.
struct OfferedPolicySource: ThrottlingPolicySource {
    let catalogue: PolicyCatalogue

    func policy(
        _ level: ThrottlingLevel, named name: String, tenant: Tenant, in connection: any SQLConnection
    ) throws -> ThrottlingPolicy? {
        try catalogue.policy(level, named: name, tenant: tenant, in: connection)
    }

    func policies(
        _ level: ThrottlingLevel, tenant: Tenant, in connection: any SQLConnection
    ) throws -> [ThrottlingPolicy] {
        try catalogue.policies(level, tenant: tenant, in: connection)
    }
}

/// Subscriptions as publishing sees them.
struct StoredSubscriptions: SubscriptionRegister {
    let directory: SubscriptionDirectory

    func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> Int {
        try directory.count(ofAPI: id, tenant: tenant, in: connection)
    }

    func list(
        ofAPI id: String?, name: String, tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [PublisherSubscription], total: Int) {
        let (entries, total) = try directory.list(
            ofAPI: id, name: name, tenant: tenant, limit: limit, offset: offset, in: connection)
        return (entries.map(PublisherSubscription.init), total)
    }

    func find(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> PublisherSubscription? {
        try directory.find(id: id, tenant: tenant, in: connection).map(PublisherSubscription.init)
    }

    func setStatus(
        _ status: SubscriptionStatus, of id: String, in change: ChangeTransaction
    ) throws -> PublisherSubscription {
        PublisherSubscription(try directory.setStatus(status, of: id, in: change))
    }

    func setPlan(_ plan: String, of id: String, in change: ChangeTransaction) throws -> PublisherSubscription {
        PublisherSubscription(try directory.setPlan(plan, of: id, in: change))
    }

    func copy(fromAPI id: String, toAPI target: String, in change: ChangeTransaction) throws {
        try directory.copy(fromAPI: id, toAPI: target, in: change)
    }

    func removeAll(ofAPI id: String, in change: ChangeTransaction) throws {
        try directory.removeAll(ofAPI: id, in: change)
    }
}

extension PublisherSubscription {
    fileprivate init(_ entry: SubscriberEntry) {
        let application = entry.application.application
        self.init(
            id: entry.subscription.id, apiID: entry.subscription.apiID, applicationID: application.id,
            applicationName: application.name,
            subscriber: application.owner, applicationDescription: application.description,
            applicationSubscriptionCount: entry.application.subscriptionCount, policy: entry.subscription.plan,
            status: entry.subscription.status,
            version: entry.subscription.version)
    }
}
