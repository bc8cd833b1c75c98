/// The circumstances of one change, written into its audit row.
public struct ChangeContext: Sendable {
    /// Who: `name@domain`, or a system component such as `martlet`.
    public var actor: String
    /// The tenant whose data changes.
    public var tenant: Tenant
    /// From where: the client's address, or empty for the system itself.
    public var clientAddress: String
    public var requestID: String
    /// When, in milliseconds since 1970.
    public var milliseconds: Int64

    public init(actor: String, tenant: Tenant, clientAddress: String, requestID: String, milliseconds: Int64) {
        self.actor = actor
        self.tenant = tenant
        self.clientAddress = clientAddress
        self.requestID = requestID
        self.milliseconds = milliseconds
    }
}
