import GatewayCore

/// What a gateway needs of others for credentials.
struct CredentialSupport: Sendable {
    /// Whom it asks.
    var authority: any CredentialAuthority
    /// Who learns which API keys are used.
    var keyUses: any KeyUseRecorder
}
