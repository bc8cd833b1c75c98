import Documents

/// What the admin portal learns of the installation before it does anything else.
public struct AdminSettings: Sendable {
    /// All scopes of the contract, in order.
    public var scopes: [String]
    /// Kinds of gateways to which APIs can be deployed, for instance `Regular`.
    public var gatewayTypes: [String]
    /// The forms of the key managers that can be added.
    public var keyManagerTypes: [JSONValue]

    public init(scopes: [String], gatewayTypes: [String] = ["Regular"], keyManagerTypes: [JSONValue] = []) {
        self.scopes = scopes
        self.gatewayTypes = gatewayTypes
        self.keyManagerTypes = keyManagerTypes
    }
}
