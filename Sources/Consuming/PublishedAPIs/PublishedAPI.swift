import Documents
import Model

/// An API as consumers see it: the publisher's working copy, read only.
public struct PublishedAPI: Sendable, Hashable {
    /// UUID.
    public var id: String
    public var tenant: Tenant
    public var name: String
    public var version: String
    public var displayName: String
    public var description: String
    /// Gateway path with the version resolved.
    public var context: String
    /// Gateway path with a place for the version, or without one.
    public var contextTemplate: String
    public var provider: String
    /// `HTTP`, ….
    public var type: String
    public var lifecycleState: String
    /// `PUBLIC`, `PRIVATE` or `RESTRICTED`.
    public var visibility: String
    public var isDefaultVersion: Bool
    public var hasThumbnail: Bool
    /// Milliseconds since 1970.
    public var createdMilliseconds: Int64
    /// Milliseconds since 1970.
    public var updatedMilliseconds: Int64
    /// Counts the changes.
    public var rowVersion: Int64
    /// The members of the publisher's API object that have no field above.
    public var document: JSONObject

    /// Names of the business plans that the publisher offers.
    public var plans: [String] { document["policies"]?.strings ?? [] }
    public var tags: [String] { document["tags"]?.strings ?? [] }
    public var visibleRoles: [String] { document["visibleRoles"]?.strings ?? [] }
    public var securitySchemes: [String] { document["securityScheme"]?.strings ?? [] }
    public var transports: [String] { document["transport"]?.strings ?? [] }
    public var gatewayVendor: String { document["gatewayVendor"]?.string ?? "wso2" }
    /// Whether the API only points to a portal elsewhere.
    public var isThirdParty: Bool { document["advertiseInfo"]?["advertised"]?.bool ?? false }

    /// States in which consumers see APIs.
    public static let visibleStates = ["PUBLISHED", "PROTOTYPED"]
}

extension PublishedAPI {
    /// Whether applications may subscribe: the API is published, and some plan other than the internal one is offered.
    public var isSubscribable: Bool {
        Self.visibleStates.contains(lifecycleState) && !isThirdParty
            && !plans.allSatisfy(ThrottlingPolicy.internalPlanNames.contains)
    }

    /// Whether `viewer`, `nil` for anonymous visitors, may see the API.
    func isVisible(to viewer: Principal?) -> Bool {
        guard let viewer, viewer.tenant.id == tenant.id else { return visibility == "PUBLIC" }
        guard visibility == "RESTRICTED", !viewer.roles.contains(BuiltInRole.administrator.rawValue) else { return true }
        let held = Set(viewer.roles.map { $0.lowercased() })
        return visibleRoles.contains { held.contains($0.lowercased()) }
    }
}

/// Where an API can be called.
public struct PublishedDeployment: Sendable, Hashable {
    /// Name of the environment.
    public var environment: String
    /// Host name of the environment that serves the API.
    public var host: String

    public init(environment: String, host: String) {
        self.environment = environment
        self.host = host
    }
}
