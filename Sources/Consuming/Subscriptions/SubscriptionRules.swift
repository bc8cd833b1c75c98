import Model
import Storage

/// Who may subscribe which application to which API under which plan. The order of the checks is part of the REST behaviour.
struct SubscriptionRules: Sendable {
    let policies: any ThrottlingPolicySource

    /// The application of an acceptable request.
    func check(
        _ request: SubscriptionRequest, principal: Principal, in connection: any SQLConnection
    ) throws -> Application {
        let found = try PublishedAPITable.find(id: request.apiID, tenant: principal.tenant, in: connection)
        if let found, !found.isVisible(to: principal) { throw CatalogueError.apiIsNotVisible(request.apiID) }
        guard
            let application = try ApplicationTable.find(
                id: request.applicationID, tenant: principal.tenant, in: connection)
        else { throw CatalogueError.applicationNotFound(request.applicationID) }
        if application.status != .approved { throw CatalogueError.workflowIsNotApproved }
        if ThrottlingPolicy.internalPlanNames.contains(request.plan) { throw CatalogueError.planIsInternal(request.plan) }
        _ = try ApplicationAccess.application(request.applicationID, of: principal, in: connection)
        guard let api = found else { throw CatalogueError.publishedAPINotFound(request.apiID) }
        try checkPlan(request.plan, of: api, principal: principal, in: connection)
        guard PublishedAPI.visibleStates.contains(api.lifecycleState), !api.isThirdParty else {
            throw CatalogueError.publishedAPINotFound(request.apiID)
        }
        try checkNew(application, api, in: connection)
        return application
    }

    /// The plan is offered by the API, exists, and is open to the user's roles.
    func checkPlan(
        _ plan: String, of api: PublishedAPI, principal: Principal, in connection: any SQLConnection
    ) throws {
        if ThrottlingPolicy.internalPlanNames.contains(plan) { throw CatalogueError.planIsInternal(plan) }
        let policy = try policies.policy(.subscription, named: plan, tenant: api.tenant, in: connection)
        guard api.plans.contains(plan), let policy, policy.plan?.isAllowed(for: principal.roles) ?? true else {
            throw CatalogueError.planIsNotAllowed(plan, user: principal.displayName)
        }
    }

    private func checkNew(_ application: Application, _ api: PublishedAPI, in connection: any SQLConnection) throws {
        let existing = try SubscriptionTable.find(application: application, apiID: api.id, in: connection)
        switch existing?.status {
        case nil: return
        case .blocked, .productionBlocked: throw CatalogueError.subscriptionIsBlocked
        default: throw CatalogueError.subscriptionExists
        }
    }
}
