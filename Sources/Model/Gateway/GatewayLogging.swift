/// What gateways have to log beyond the access log, switched on and off while they run.
public enum GatewayLogging: Sendable, Hashable, Codable {
    /// Calls of an API; removed from gateways when nothing of it is to be logged.
    case api(GatewayAPILog)
    /// A line for every call.
    case correlation(isEnabled: Bool)

    public static let correlationKey = "correlation"

    public static func key(ofAPI id: String) -> String { "api/\(id)" }

    public var key: String {
        switch self {
        case .api(let log): Self.key(ofAPI: log.apiID)
        case .correlation: Self.correlationKey
        }
    }

    /// The owning tenant's number.
    public var tenant: Int {
        switch self {
        case .api(let log): log.tenant
        case .correlation: Tenant.superTenant.id
        }
    }
}

/// How calls of an API are logged.
public struct GatewayAPILog: Sendable, Hashable, Codable {
    public var tenant: Int
    /// The API's UUID; its deployments on all environments are logged alike.
    public var apiID: String
    public var rules: [APILogRule]

    public init(tenant: Int, apiID: String, rules: [APILogRule]) {
        self.tenant = tenant
        self.apiID = apiID
        self.rules = rules
    }
}
