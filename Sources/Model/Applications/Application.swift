/// A consumer's application: it holds keys and subscribes to APIs.
public struct Application: Sendable, Hashable {
    /// UUID.
    public var id: String
    /// Stable integer, part of quota keys.
    public var number: Int
    public var tenant: Tenant
    /// The owning user's name without tenant.
    public var owner: String
    /// Unique among the owner's applications.
    public var name: String
    public var description: String
    /// Name of the application-level throttling policy.
    public var policy: String
    /// `JWT` or `OAUTH`.
    public var tokenType: String
    public var status: ApplicationStatus
    /// Free names and values that the installation asks for.
    public var attributes: [String: String]
    /// Names of groups; kept, but sharing is off.
    public var groups: [String]
    /// `PRIVATE` or `SHARED_WITH_ORG`.
    public var visibility: String
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Milliseconds since 1970.
    public var updatedMilliseconds: Int64
    /// Counts the changes of the application itself.
    public var version: Int64
    /// How often the application-level quota of a user, as credentials name him, began anew.
    public var quotaResets: [String: Int]

    public init(
        id: String, number: Int, tenant: Tenant, owner: String, name: String, description: String, policy: String,
        tokenType: String, status: ApplicationStatus, attributes: [String: String], groups: [String], visibility: String,
        createdMilliseconds: Int64, updatedMilliseconds: Int64, version: Int64, quotaResets: [String: Int] = [:]
    ) {
        self.id = id
        self.number = number
        self.tenant = tenant
        self.owner = owner
        self.name = name
        self.description = description
        self.policy = policy
        self.tokenType = tokenType
        self.status = status
        self.attributes = attributes
        self.groups = groups
        self.visibility = visibility
        self.createdMilliseconds = createdMilliseconds
        self.updatedMilliseconds = updatedMilliseconds
        self.version = version
        self.quotaResets = quotaResets
    }

    /// `name`, or `name@domain` outside of the super tenant.
    public var ownerDisplayName: String { tenant.isSuper ? owner : "\(owner)@\(tenant.domain)" }

    /// Created for every consumer at the first call.
    public static let defaultName = "DefaultApplication"
}

/// Where an application is in its approval.
public enum ApplicationStatus: String, Sendable, Hashable, Codable {
    /// Waits for approval.
    case created = "CREATED"
    case approved = "APPROVED"
    case rejected = "REJECTED"
    case onHold = "ON_HOLD"
    case deletePending = "DELETE_PENDING"
    case updatePending = "UPDATE_PENDING"
    case updateRejected = "UPDATE_REJECTED"
}

extension GatewayApplication {
    /// The form in which gateways know `application`.
    public init(_ application: Application) {
        self.init(
            id: application.id, number: application.number, tenant: application.tenant.id,
            tenantDomain: application.tenant.domain, name: application.name, owner: application.ownerDisplayName,
            policy: application.policy, status: application.status.rawValue,
            quotaResets: application.quotaResets.isEmpty ? nil : application.quotaResets,
            attributes: application.attributes)
    }
}
