import Model

/// What holds for APIs that say nothing of their own.
public struct SnapshotDefaults: Sendable {
    /// Cross-origin rules; `nil` switches cross-origin answers off.
    public var cors: GatewayCORS?
    /// The header of access tokens (`apim.oauth_config.auth_header`).
    public var authorizationHeader: String

    public init(cors: GatewayCORS? = .gatewayDefault, authorizationHeader: String = "Authorization") {
        self.cors = cors
        self.authorizationHeader = authorizationHeader.isEmpty ? "Authorization" : authorizationHeader
    }
}
