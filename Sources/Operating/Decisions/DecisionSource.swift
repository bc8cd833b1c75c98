import Documents
import Model

/// A record of a request that a gateway refused or traced.
public struct DecisionRecord: Sendable, Hashable {
    /// Id of the gateway that wrote it.
    public var gateway: String
    /// As the gateway wrote it (`docs/troubleshooting.md`).
    public var members: JSONValue

    public init(gateway: String, members: JSONValue) {
        self.gateway = gateway
        self.members = members
    }

    /// When the request came, milliseconds since 1970.
    public var milliseconds: Int64 { Int64(members["time"]?.int ?? 0) }
}

/// Finds records of refused and traced requests.
public protocol DecisionSource: Sendable {
    /// The records of a tenant with the given request id or activity id, in any order.
    func records(of id: String, tenant: Tenant) async -> [DecisionRecord]
}
