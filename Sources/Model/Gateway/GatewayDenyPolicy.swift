/// An active deny policy as gateways know it; one that is switched off is removed from them.
public struct GatewayDenyPolicy: Sendable, Hashable, Codable {
    /// UUID.
    public var id: String
    public var tenant: Int
    public var condition: DenyCondition
    /// The id of a denied user who exists: tokens of the platform's own key manager name users by it.
    public var userID: String?

    public init(id: String, tenant: Int, condition: DenyCondition, userID: String? = nil) {
        self.id = id
        self.tenant = tenant
        self.condition = condition
        self.userID = userID
    }
}
