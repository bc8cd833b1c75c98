import Documents
import Model
import Storage

/// What publishing needs from the subscriptions, which the consuming part keeps. All functions run inside of the caller's transaction.
public protocol SubscriptionRegister: Sendable {
    /// How many applications are subscribed to the API.
    func count(ofAPI id: String, tenant: Int, in connection: any SQLConnection) throws -> Int
    /// The subscriptions of the API, or of all APIs of the tenant for `nil`, oldest first; with a `name` those whose application or
    /// subscriber has it in the name, in any letter case.
    func list(
        ofAPI id: String?, name: String, tenant: Tenant, limit: Int, offset: Int, in connection: any SQLConnection
    ) throws -> (subscriptions: [PublisherSubscription], total: Int)
    /// The subscription of the tenant, or `nil`.
    func find(_ id: String, tenant: Tenant, in connection: any SQLConnection) throws -> PublisherSubscription?
    /// Sets the state of a subscription of the change's tenant; a 404 when there is none.
    func setStatus(
        _ status: SubscriptionStatus, of id: String, in change: ChangeTransaction
    ) throws -> PublisherSubscription
    /// Moves a subscription of the change's tenant to another plan; a 404 when there is none.
    func setPlan(_ plan: String, of id: String, in change: ChangeTransaction) throws -> PublisherSubscription
    /// Gives the subscribers of one version the same right to another one.
    func copy(fromAPI id: String, toAPI target: String, in change: ChangeTransaction) throws
    /// Ends all subscriptions of the API and what waits for approval.
    func removeAll(ofAPI id: String, in change: ChangeTransaction) throws
}

/// A subscription as publishers see it.
public struct PublisherSubscription: Sendable, Hashable {
    public var id: String
    /// The API's UUID.
    public var apiID: String
    public var applicationID: String
    public var applicationName: String
    /// The application's owner.
    public var subscriber: String
    public var applicationDescription: String
    /// How many subscriptions the application has.
    public var applicationSubscriptionCount: Int
    /// Name of the business plan.
    public var policy: String
    public var status: SubscriptionStatus
    /// Counts the changes.
    public var version: Int64

    public init(
        id: String, apiID: String, applicationID: String, applicationName: String, subscriber: String,
        applicationDescription: String,
        applicationSubscriptionCount: Int, policy: String, status: SubscriptionStatus, version: Int64
    ) {
        self.id = id
        self.apiID = apiID
        self.applicationID = applicationID
        self.applicationName = applicationName
        self.subscriber = subscriber
        self.applicationDescription = applicationDescription
        self.applicationSubscriptionCount = applicationSubscriptionCount
        self.policy = policy
        self.status = status
        self.version = version
    }
}
