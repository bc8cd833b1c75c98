/// What the admin portal learns of the installation before it does anything else.
public struct AdminSettings: Sendable {
    /// All scopes of the contract, in order.
    public var scopes: [String]
    /// Kinds of gateways to which APIs can be deployed, for instance `Regular`.
    public var gatewayTypes: [String]

    public init(scopes: [String], gatewayTypes: [String] = ["Regular"]) {
        self.scopes = scopes
        self.gatewayTypes = gatewayTypes
    }
}
