/// Errors of applications.
extension CatalogueError {
    public static func applicationExists(_ name: String) -> Self {
        Self(
            code: 900301, status: 409, message: "The application already exists.",
            description: "An application with the name '\(name)' already exists")
    }

    /// Also the answer for applications of other users and tenants.
    public static func applicationNotFound(_ id: String) -> Self {
        Self(
            code: 900307, status: 404, message: "Application not found",
            description: "There is no application with the id '\(id)'")
    }

    public static let applicationIsInactive = Self(
        code: 900309, status: 400, message: "Application is not active",
        description: "The application is not approved")

    public static func invalidApplicationName(_ reason: String) -> Self { .badRequest(reason) }

    public static func invalidTier(_ name: String) -> Self {
        Self(
            code: 900305, status: 400, message: "The tier name is invalid.",
            description: "There is no throttling policy '\(name)'")
    }

    public static let invalidSortCriteria = Self(code: 900707, status: 400, message: "Invalid sort criteria")
}

/// Errors of application keys and key managers.
extension CatalogueError {
    public static func keyMappingNotFound(_ id: String) -> Self {
        Self(
            code: 900331, status: 404, message: "Application Key mapping not found",
            description: "The application has no keys '\(id)'")
    }

    public static func keyManagerNotRegistered(_ name: String) -> Self {
        Self(
            code: 901403, status: 400, message: "Key Manager not Registered",
            description: "There is no enabled key manager '\(name)'")
    }

    public static let keyMappingExists = Self(
        code: 901409, status: 409, message: "Key Mappings already exists",
        description: "Keys of this type already exist, or the client belongs to an application")

    /// `reason` names the member and the rule.
    public static func invalidApplicationProperties(_ reason: String) -> Self {
        Self(code: 901410, status: 400, message: "Invalid additional properties", description: reason)
    }

    public static let keyManagerCannotExchange = Self(
        code: 901405, status: 400, message: "Key Manager doesn't support token generation",
        description: "The key manager does not exchange tokens")

    public static let callbackIsMissing = CatalogueError.badRequest(
        "callbackUrl must not be empty with the grant types authorization_code and implicit")

    public static func wrongConsumerSecret(_ consumerKey: String) -> Self {
        .badRequest("The secret key is wrong for the given consumer key \(consumerKey)")
    }

    /// A token could not be issued for a reason that the request can mend.
    public static func invalidTokenRequest(_ reason: String) -> Self {
        Self(code: 900965, status: 400, message: "Key Management Error", description: reason)
    }

    public static let multipleSecretsAreOff = Self(
        code: 900916, status: 400, message: "The requested operation is not supported",
        description: "Multiple client secrets are not enabled")
}

/// Errors of subscriptions.
extension CatalogueError {
    public static func subscriptionNotFound(_ id: String) -> Self {
        Self(
            code: 900310, status: 404, message: "Subscription not found",
            description: "There is no subscription with the id '\(id)'")
    }

    public static let subscriptionExists = Self(
        code: 900336, status: 409, message: "Subscription already exists",
        description: "The application is already subscribed to the API")

    public static let subscriptionIsBlocked = CatalogueError.forbidden("Subscription is blocked by the publisher")

    public static let workflowIsNotApproved = CatalogueError.badRequest("Workflow status is not Approved")

    public static func planIsInternal(_ plan: String) -> Self {
        Self(
            code: 902019, status: 400, message: "The Business plan is not allowed.",
            description: "The business plan '\(plan)' is internal")
    }

    /// The API does not offer the plan, or there is none of that name.
    public static func planIsNotOffered(_ plan: String) -> Self {
        Self(
            code: 902019, status: 400, message: "The Business plan is not allowed.",
            description: "The business plan '\(plan)' is not offered by the API")
    }

    /// Publisher: the roles of the subscriber exclude the plan.
    public static func planIsClosedToSubscriber(_ id: String) -> Self {
        Self(
            code: 902023, status: 403, message: "Cannot change the business plan of the subscription.",
            description: "The subscriber of '\(id)' may not use the plan")
    }

    public static func planIsNotAllowed(_ plan: String, user: String) -> Self {
        Self(
            code: 902002, status: 403, message: "Subscription Tier is not allowed for user",
            description: "The business plan '\(plan)' is not allowed for \(user)")
    }

    public static func subscriptionStateForbidsChange(_ state: String) -> Self {
        Self(
            code: 900318, status: 400, message: "Invalid state change for subscription",
            description: "A subscription in the state \(state) cannot be changed")
    }

    /// Publisher: the plan change needs an active subscription.
    public static func planChangeNeedsActiveSubscription(_ id: String, state: String) -> Self {
        Self(
            code: 902022, status: 409, message: "Cannot change the business plan of the subscription.",
            description: "The subscription '\(id)' is in the state \(state)")
    }
}

/// Errors of published APIs.
extension CatalogueError {
    public static func publishedAPINotFound(_ id: String) -> Self {
        Self(code: 900308, status: 404, message: "API Not Found", description: "There is no API with the id '\(id)'")
    }

    public static func apiIsNotVisible(_ id: String) -> Self {
        .forbidden("The API with the id '\(id)' is not accessible to you")
    }
}
