import Documents
import Identity
import Model
import Storage

/// What is left of the quotas of an application, and new beginnings. For the application's owner; looking also for administrators.
public struct ApplicationQuotas: Sendable {
    private let changes: ChangeStore
    private let policies: any ThrottlingPolicySource
    private let usage: any QuotaUsage

    public init(changes: ChangeStore, policies: any ThrottlingPolicySource, usage: any QuotaUsage) {
        self.changes = changes
        self.policies = policies
        self.usage = usage
    }

    /// Lets the application-level quota of one user begin anew, on all gateways when it is answered.
    ///
    /// - Parameter userName: with or without domain; `nil` for the application's owner.
    public func reset(
        application id: String, userName: String?, principal: Principal, _ context: ChangeContext
    ) async throws {
        try await changes.change(context) { transaction in
            var application = try ApplicationAccess.application(id, of: principal, in: transaction)
            let users = try Self.countedUsers(userName, application, in: transaction)
            for user in users { application.quotaResets[user, default: 0] += 1 }
            // Names are bounded by who ever was reset; a forgotten one only begins anew once more.
            while application.quotaResets.count > 1_000, let any = application.quotaResets.keys.min() {
                application.quotaResets[any] = nil
            }
            try ApplicationTable.update(application, in: transaction)
            try transaction.audit("resetQuota", kind: "application", id: id, after: ["user": JSONValue(users[0])])
            transaction.publish(.put(.application(GatewayApplication(application))))
        }
    }

    /// Every limited quota of the application and of its subscriptions.
    ///
    /// - Parameters:
    ///   - userName: whose share of the application-level quota; `nil` for the application's owner.
    ///   - administers: whether the caller may look at every application of the tenant.
    public func list(
        application id: String, userName: String?, principal: Principal, administers: Bool = false,
        nowMilliseconds now: Int64
    ) async throws -> QuotaReport {
        let questions = try await changes.read { connection in
            let application =
                administers
                ? try ApplicationAccess.application(id, inTenantOf: principal, in: connection)
                : try ApplicationAccess.application(id, of: principal, in: connection)
            return try applicationQuestions(application, userName, now, connection)
                + subscriptionQuestions(application, now, connection)
        }
        let use = await usage.use(of: questions.map(\.counter), tenant: principal.tenant)
        return QuotaReport(questions, use)
    }

    /// A user as credentials name them: API keys by `name@domain`, access tokens of this platform by the id in place of the name.
    private static func countedUsers(
        _ userName: String?, _ application: Application, in connection: any SQLConnection
    ) throws -> [String] {
        let name = userName.flatMap { $0.isEmpty ? nil : $0 } ?? application.owner
        guard name.utf8.count <= 255 else { throw CatalogueError.badRequest("userName is too long") }
        let domain = "@" + application.tenant.domain
        let qualified = name.hasSuffix(domain) ? name : name + domain
        let id = try UserLookup.userID(of: qualified, in: connection)
        return [qualified] + (id.map { [$0 + domain] } ?? [])
    }

    private func applicationQuestions(
        _ application: Application, _ userName: String?, _ now: Int64, _ connection: any SQLConnection
    ) throws -> [QuotaQuestion] {
        let policy = try policies.policy(.application, named: application.policy, tenant: application.tenant, in: connection)
        guard let policy else { return [] }
        return try Self.countedUsers(userName, application, in: connection).flatMap { user in
            let resets = application.quotaResets[user] ?? 0
            let questions = [
                QuotaQuestion(
                    .application, policy.limit, policy: policy.name,
                    key: QuotaKeys.application(application.number, user: user, resets: resets), now: now),
                policy.burst.map {
                    QuotaQuestion(
                        .applicationBurst, $0, policy: policy.name,
                        key: QuotaKeys.applicationBurst(application.number, user: user, resets: resets), now: now)
                },
            ]
            return questions.compactMap { $0?.counting(user) }
        }
    }

    private func subscriptionQuestions(
        _ application: Application, _ now: Int64, _ connection: any SQLConnection
    ) throws -> [QuotaQuestion] {
        try SubscriptionTable.all(application: application, in: connection).flatMap { subscription -> [QuotaQuestion] in
            let plan = try policies.policy(
                .subscription, named: subscription.plan, tenant: subscription.tenant, in: connection)
            guard let plan else { return [] }
            let api = try PublishedAPITable.find(id: subscription.apiID, tenant: subscription.tenant, in: connection)
            let place = QuotaState.Place(
                subscriptionID: subscription.id, apiID: subscription.apiID, apiName: api?.name ?? "",
                apiVersion: api?.version ?? "")
            let questions = [
                QuotaQuestion(
                    .subscription, plan.limit, policy: plan.name,
                    key: QuotaKeys.subscription(
                        application: application.id, api: subscription.apiID, plan: subscription.plan), now: now),
                plan.burst.map {
                    QuotaQuestion(
                        .subscriptionBurst, $0, policy: plan.name,
                        key: QuotaKeys.subscriptionBurst(
                            application: application.id, api: subscription.apiID, plan: subscription.plan), now: now)
                },
            ]
            return questions.compactMap { $0?.at(place) }
        }
    }
}

extension QuotaQuestion {
    fileprivate func counting(_ user: String) -> QuotaQuestion {
        var question = self
        question.state.user = user
        return question
    }

    fileprivate func at(_ place: QuotaState.Place) -> QuotaQuestion {
        var question = self
        question.state.place = place
        return question
    }
}
