/// What the developer portal learns of the installation.
public struct DevPortalSettings: Sendable {
    /// All scopes of the contract, in order.
    public var scopes: [String]
    /// Grant types of the resident key manager.
    public var grantTypes: [String]
    /// `http://…` and `https://…` of the gateway.
    public var gatewayAddresses: [String]
    /// Whether visitors without a credential may look around.
    public var allowsAnonymous: Bool
    /// Whether API keys of applications that have no name are signed ones, as in older releases.
    public var signsAPIKeys: Bool

    public init(
        scopes: [String], grantTypes: [String] = DevPortalSettings.standardGrantTypes,
        gatewayAddresses: [String] = ["http://localhost:8280", "https://localhost:8243"],
        allowsAnonymous: Bool = true, signsAPIKeys: Bool = true
    ) {
        self.scopes = scopes
        self.grantTypes = grantTypes
        self.gatewayAddresses = gatewayAddresses
        self.allowsAnonymous = allowsAnonymous
        self.signsAPIKeys = signsAPIKeys
    }

    /// What the resident key manager offers.
    public static let standardGrantTypes = ["client_credentials", "password", "refresh_token"]
}
